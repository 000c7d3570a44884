"""Finds the packages: those below hwdsl/ and those of the folders that pyproject.toml maps below it. All else is in pyproject.toml."""

from setuptools import find_packages, setup

MAPPED = {"hwdsl.backends": "backends", "hwdsl.grammar": "grammar", "hwdsl.stdlib": "stdlib"}


def packages() -> list[str]:
    names = find_packages(include=["hwdsl", "hwdsl.*"])
    for name, folder in MAPPED.items():
        names.append(name)
        names += [f"{name}.{sub}" for sub in find_packages(folder)]
    return sorted(names)


setup(packages=packages())
