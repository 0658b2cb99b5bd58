"""From files reached to services reached: by directory, then by who depends on whom."""

import heapq
from collections.abc import Collection, Sequence

from blastdoor.model import ServiceReached, Unknown
from blastdoor.reach.catalogue import Catalogue
from blastdoor.reach.graph import Reached


def reach_services(
    catalogue: Catalogue, reached: Reached, without: Collection[str] = ()
) -> tuple[ServiceReached, ...]:
    """The services reached, nearest first, then by name.

    A file reaches the services of the longest directory that holds it, and what is no service on the way up
    to there, at the file's own distance; each reaches those that depend on it, one step further. Files in
    `without` reach none. The `path` of each is the files and then the names it came by.
    """
    waiting: list[tuple[int, str, tuple[str, ...]]] = []
    for folder, path in _first_files(catalogue, reached, without).items():
        for key in catalogue.owners[folder]:
            name = catalogue.entities[key].name
            waiting.append((reached.distance[path], key, (*reached.witness(path), name)))
    for service in catalogue.declared:
        nearest = next(
            (path for path in reached.distance if path not in without and service.owns(path)), None
        )
        if nearest is not None:
            way = (*reached.witness(nearest), service.name)
            waiting.append((reached.distance[nearest], service.key, way))
    heapq.heapify(waiting)
    settled: set[str] = set()
    found: list[ServiceReached] = []
    while waiting:
        distance, key, way = heapq.heappop(waiting)
        if key in settled:
            continue
        entity = catalogue.entities[key]
        settled.add(key)
        if entity.is_service:
            one = ServiceReached(
                name=entity.name,
                tier=catalogue.tier(entity),
                distance=distance,
                path=way,
                tier_known=entity.tier is not None,
            )
            found.append(one)
        for dependent in catalogue.dependents.get(key, ()):
            if dependent not in settled:
                name = catalogue.entities[dependent].name
                heapq.heappush(waiting, (distance + 1, dependent, (*way, name)))
    return tuple(sorted(found, key=lambda one: (one.distance, one.name, one.path)))


def _first_files(catalogue: Catalogue, reached: Reached, without: Collection[str]) -> dict[str, str]:
    """For each owned directory reached, its nearest file; `reached` lists files from near to far."""
    owned: dict[str, tuple[str, ...]] = {}
    first: dict[str, str] = {}
    for path in reached.distance:
        if path in without:
            continue
        # A changed path may itself be the directory: a link or a submodule in its place.
        for folder in (path.rpartition("/")[0], path):
            if folder not in owned:
                owned[folder] = catalogue.homes(folder)
            for owner in owned[folder]:
                first.setdefault(owner, path)
    return first


def untiered(services: Sequence[ServiceReached], catalogue: Catalogue) -> list[Unknown]:
    """What is not known of the tiers of the services reached, where tiers are in use."""
    if not catalogue.tiers_in_use:
        return []
    return [
        Unknown(
            code="tier-missing",
            what=f"the tier of service {service.name!r} is not known; it counts as {service.tier}",
            step='annotate it in its catalog-info.yaml: blastdoor.dev/tier: "2" (0 is the most critical)',
        )
        for service in services
        if not service.tier_known
    ]
