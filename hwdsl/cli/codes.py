"""Diagnostic codes of the command line, the artefact sink and the plug-in table (HW0020 to HW0049): code -> title."""

from __future__ import annotations

CODES: dict[str, str] = {
    "HW0020": "output directory cannot be written",
    "HW0021": "output path is a file",
    "HW0022": "an artefact's place is taken",
    "HW0023": "writing an artefact failed",
    "HW0024": "artefacts on disk differ",
    "HW0025": "plug-in name is taken",
    "HW0026": "plug-in speaks another API version",
    "HW0027": "plug-in cannot be loaded",
    "HW0028": "plug-in broke the backend contract",
    "HW0029": "plug-in crashed",
    "HW0030": "no design to test",
}
