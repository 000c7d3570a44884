"""Numbers for instances, devices and ports of a design: depth-first, mixed-radix, arithmetic both ways.

Three numberings of one tree walk (a part before what is inside it, members by name): every instance has an instance number; a
*device* is an instance whose template declares ports, and devices are numbered apart; the ports of a device are numbered without
a gap. The number of an instance, device or port is affine in the coordinates along its declared path: `offset + sum(stride *
coordinate)`. Nothing here is proportional to the number of instances: numbers and paths are computed in the depth of the tree.

Names are stable paths (`pod[0].rack[3].gpu[2].nvl[5]`); a scalar part has no index.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator

from hwdsl.ir.index import Ix, add, scale
from hwdsl.ir.l0 import Path, Template, volume
from hwdsl.node import Record

Coords = tuple[int, ...]


class Affine(Record):
    """Numbers of the things at one declared path: `offset + sum(strides[k] * coordinate[k])`, coordinates below `shape`."""

    offset: int
    strides: tuple[int, ...]
    shape: tuple[int, ...]

    def at(self, coords: Coords) -> int:
        """The number at some coordinates."""
        return self.offset + sum(s * c for s, c in zip(self.strides, coords))

    def map(self, coords: tuple[Ix, ...]) -> Ix:
        """The number as an index map, given the coordinates as index maps."""
        out = Ix(self.offset)
        for s, c in zip(self.strides, coords):
            out = add(out, scale(c, s))
        return out


class Slot(Record):
    """One part array inside a template: where its first element starts, in each numbering, relative to the template's start."""

    name: str
    dims: tuple[int, ...]
    template: Template
    instance: int
    device: int
    port: int


class Extent(Record):
    """What one instance of a template takes of each numbering.

    ports_own  first number of each port array, in order; `own` ports in all
    slots      part arrays, in order
    """

    instances: int
    devices: int
    ports: int
    own: int
    ports_own: tuple[tuple[str, tuple[int, ...], int], ...]
    slots: tuple[Slot, ...]


def extent(t: Template) -> Extent:
    """The extent of a template, computed once."""
    found: Extent = t.cached("extent", _extent)
    return found


def _extent(t: Template) -> Extent:
    own = 0
    arrays = []
    for name in sorted(t.ports):
        arrays.append((name, t.ports[name].dims, own))
        own += volume(t.ports[name].dims)
    instances, devices, ports = 1, 1 if t.ports else 0, own
    slots = []
    for name in sorted(t.parts):
        part = t.parts[name]
        slots.append(Slot(name, part.dims, part.template, instances, devices, ports))
        inner, n = extent(part.template), volume(part.dims)
        instances += n * inner.instances
        devices += n * inner.devices
        ports += n * inner.ports
    return Extent(instances, devices, ports, own, tuple(arrays), tuple(slots))


def row_major(dims: tuple[int, ...], step: int = 1) -> tuple[int, ...]:
    """Strides of an array whose last index is the fastest and whose elements are `step` apart."""
    out: list[int] = []
    for d in reversed(dims):
        out.append(step)
        step *= d
    return tuple(reversed(out))


def unravel(number: int, dims: tuple[int, ...]) -> Coords:
    """Row-major coordinates of a number."""
    out: list[int] = []
    for d in reversed(dims):
        number, digit = divmod(number, d)
        out.append(digit)
    return tuple(reversed(out))


class Layout:
    """The numbering of one design.

    instances, devices, ports   how many there are
    """

    __slots__ = ("_devices", "_instances", "_ports", "devices", "instances", "ports", "root")

    def __init__(self, root: Template) -> None:
        e = extent(root)
        self.root = root
        self.instances, self.devices, self.ports = e.instances, e.devices, e.ports
        self._instances: dict[Path, Affine] = {}
        self._devices: dict[Path, Affine] = {}
        self._ports: dict[Path, Affine] = {}

    @property
    def wide(self) -> bool:
        """Whether port numbers need 64 bits."""
        return self.ports >= 2**31

    def instances_at(self, path: Path) -> Affine:
        """Instance numbers of the parts at a path (the root: the empty path). KeyError if there are none."""
        return self._walk(path, self._instances, "instance", "instances")

    def devices_at(self, path: Path) -> Affine:
        """Device numbers of the parts at a path; meaningful where the template there declares ports."""
        return self._walk(path, self._devices, "device", "devices")

    def ports_at(self, path: Path) -> Affine:
        """Port numbers of the port array at the end of a path. KeyError if there is none."""
        found = self._ports.get(path)
        if found is None:
            start = self.block_at(path[:-1])
            for name, dims, first in extent(self.root.at(path[:-1])).ports_own:
                if name == path[-1]:
                    found = Affine(start.offset + first, start.strides + row_major(dims), start.shape + dims)
                    break
            else:
                raise KeyError(path[-1])
            self._ports[path] = found
        return found

    def block_at(self, path: Path) -> Affine:
        """First port number inside the parts at a path."""
        return self._walk(path, self._ports, "port", "ports") if path else Affine(0, (), ())

    def _walk(self, path: Path, known: dict[Path, Affine], field: str, size: str) -> Affine:
        key = (*path, "")  # apart from port arrays of the same path
        found = known.get(key)
        if found is None:
            offset, here = 0, self.root
            strides: Coords = ()
            shape: Coords = ()
            for name in path:
                slot = _slot(here, name)
                offset += getattr(slot, field)
                strides += row_major(slot.dims, getattr(extent(slot.template), size))
                shape += slot.dims
                here = slot.template
            found = known[key] = Affine(offset, strides, shape)
        return found

    def instance_id(self, path: Path, coords: Coords) -> int:
        """Number of an instance."""
        return self.instances_at(path).at(coords)

    def device_id(self, path: Path, coords: Coords) -> int:
        """Number of a device. KeyError if the parts at `path` declare no ports."""
        if not self.root.at(path).ports:
            raise KeyError(path)
        return self.devices_at(path).at(coords)

    def port_id(self, path: Path, coords: Coords) -> int:
        """Number of a port."""
        return self.ports_at(path).at(coords)

    def instance_path(self, number: int) -> tuple[Path, Coords]:
        """(path, coordinates) of an instance number."""
        path, coords, _, _ = self._descend(number, "instance", "instances", lambda _: 1)
        return path, coords

    def device_path(self, number: int) -> tuple[Path, Coords]:
        """(path, coordinates) of a device number."""
        path, coords, _, _ = self._descend(number, "device", "devices", lambda t: 1 if t.ports else 0)
        return path, coords

    def port_path(self, number: int) -> tuple[Path, Coords]:
        """(path, coordinates) of a port number; the last name is the port's."""
        path, coords, t, rest = self._descend(number, "port", "ports", lambda t: extent(t).own)
        arrays = [a for a in extent(t).ports_own if volume(a[1])]
        name, dims, first = arrays[bisect_right([a[2] for a in arrays], rest) - 1]
        return (*path, name), coords + unravel(rest - first, dims)

    def owner(self, port: int) -> int:
        """Device number of a port's device."""
        path, coords, _, _ = self._descend(port, "port", "ports", lambda t: extent(t).own)
        return self.devices_at(path).at(coords)

    def device_ports(self, device: int) -> range:
        """The ports of a device."""
        path, coords = self.device_path(device)
        first = self.block_at(path).at(coords)
        return range(first, first + extent(self.root.at(path)).own)

    def _descend(self, number: int, field: str, size: str,
                 own: Callable[[Template], int]) -> tuple[Path, Coords, Template, int]:
        """(path, coordinates, template, number within it) of the instance that a number of one of the numberings falls into."""
        here = self.root
        path: Path = ()
        coords: Coords = ()
        if not 0 <= number < getattr(extent(here), size):
            raise IndexError(number)
        while number >= own(here):
            slots = [s for s in extent(here).slots if volume(s.dims) and getattr(extent(s.template), size)]
            slot = slots[bisect_right([getattr(s, field) for s in slots], number) - 1]
            k, number = divmod(number - getattr(slot, field), getattr(extent(slot.template), size))
            path += (slot.name,)
            coords += unravel(k, slot.dims)
            here = slot.template
        return path, coords, here, number

    def name(self, path: Path, coords: Coords) -> str:
        """`pod[0].rack[3].gpu[2].nvl[5]`; the empty text for the root."""
        pieces, here, k = [], self.root, 0
        for word in path:
            member = here.member(word)
            if member is None:
                raise KeyError(word)
            pieces.append(word + "".join(f"[{c}]" for c in coords[k: k + len(member.dims)]))
            k += len(member.dims)
            here = here.parts[word].template if word in here.parts else here
        return ".".join(pieces)

    def device_name(self, number: int) -> str:
        """Name of a device."""
        return self.name(*self.device_path(number))

    def port_name(self, number: int) -> str:
        """Name of a port."""
        return self.name(*self.port_path(number))

    def device_names(self) -> Iterator[str]:
        """Names of all devices in the order of their numbers, one at a time."""
        return _names(self.root, "", ports=False)

    def port_names(self) -> Iterator[str]:
        """Names of all ports in the order of their numbers, one at a time."""
        return _names(self.root, "", ports=True)


def layout(root: Template) -> Layout:
    """The numbering of a design, computed once."""
    found: Layout = root.cached("layout", Layout)
    return found


def _slot(t: Template, name: str) -> Slot:
    for slot in extent(t).slots:
        if slot.name == name:
            return slot
    raise KeyError(name)


def _names(t: Template, head: str, ports: bool) -> Iterator[str]:
    e = extent(t)
    if not ports and t.ports:
        yield head
    dot = f"{head}." if head else ""
    if ports:
        for name, dims, _ in e.ports_own:
            for suffix in _suffixes(dims):
                yield f"{dot}{name}{suffix}"
    for slot in e.slots:
        inner = extent(slot.template)
        if inner.ports if ports else inner.devices:
            for suffix in _suffixes(slot.dims):
                yield from _names(slot.template, f"{dot}{slot.name}{suffix}", ports)


def _suffixes(dims: tuple[int, ...]) -> Iterator[str]:
    if not dims:
        yield ""
        return
    for k in range(dims[0]):
        for rest in _suffixes(dims[1:]):
            yield f"[{k}]{rest}"
