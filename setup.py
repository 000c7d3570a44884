"""Package discovery only: what lies below hwdsl/, and in the folders that pyproject.toml maps below `hwdsl`."""

from setuptools import find_packages, setup

MAPPED = {"hwdsl.backends": "backends", "hwdsl.grammar": "grammar", "hwdsl.stdlib": "stdlib"}


def packages() -> list[str]:
    names = find_packages(include=["hwdsl", "hwdsl.*"])
    for name, folder in MAPPED.items():
        names.append(name)
        names += [f"{name}.{sub}" for sub in find_packages(folder)]
    return sorted(names)


setup(packages=packages())
