"""Codes of studies of network performance."""

CODES: dict[str, str] = {
    "HW6001": "unknown traffic or algorithm",
    "HW6002": "wrong argument of a study",
    "HW6003": "study over nothing",
    "HW6004": "unknown study",
    "HW6005": "traffic matrix is not usable",
    "HW6006": "failed part does not exist",
    "HW6007": "link of rate zero",
    "HW6008": "endpoints cannot reach each other",
    "HW6009": "prediction refused",
    "HW6010": "nothing to compare",
    "HW6011": "no accelerators to compare",
    "HW6012": "unknown plane or side of a comparison",
    "HW6013": "routing table is not usable",
    "HW6014": "list of flows is not usable",
}
