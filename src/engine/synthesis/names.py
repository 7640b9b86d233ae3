"""Names, domains and titles for synthetic reports. All are invented; the domains are reserved."""

from __future__ import annotations

from typing import Final, NamedTuple

__all__ = ["FAMILY", "FORMS", "GIVEN", "PANORAMAS", "SUBJECTS"]


class _Panorama(NamedTuple):
    """A client portal: its name (blank for the main site), share and mail domain."""

    name: str
    share: int
    domain: str


PANORAMAS: Final = (
    _Panorama("", 12, "example.com"),
    _Panorama("Northwind Traders", 6, "northwind.example"),
    _Panorama("Contoso Energy", 5, "contoso.example"),
    _Panorama("Fabrikam", 4, "fabrikam.example"),
    _Panorama("Tailspin EMEA", 3, "tailspin.example"),
    _Panorama("Müller & Söhne", 2, "mueller.example"),
    _Panorama("Litware, Inc.", 2, "litware.example"),
    _Panorama("Região Norte", 2, "norte.example"),
    _Panorama("Proseware Academy", 2, "proseware.example"),
    _Panorama("東京支社", 1, "tokyo.example"),
    _Panorama("Wingtip", 1, "wingtip.example"),
)

_GIVEN: Final = """
    aaron ada aisha akira alba amara amir ana andrei anna arjun astrid ayse beatriz bruno carla
    carmen chen chiara daniel daria david diego dmitri elena elif emeka emma erik fatima farid
    felix freya gabriel grace hana hassan hugo imani ines ivo jamal jana joao jonas julia kai
    karin kenji kofi lars layla leila lena liam lina lucas maja malik marek maria"""
_FAMILY: Final = """
    abe adeyemi ahmed almeida andersson bakker banerjee becker berg bianchi carter castro chang
    clark cohen costa dahl diaz dubois eriksen evans ferrari fischer flores fontaine garcia
    gonzalez gupta haddad hansen hoffmann horvat hughes ibrahim ivanov jansen jensen kato kaya
    khan kim klein kovacs kowalski kumar larsen lefebvre lopez martin mensah meyer moreau nakamura
    nguyen novak okafor olsen park patel pereira petrov rossi santos sato silva tanaka yilmaz
    """

GIVEN: Final = tuple(_GIVEN.split())
FAMILY: Final = tuple(_FAMILY.split())

SUBJECTS: Final = (
    "Data Modelling",
    "Query Performance",
    "Fire Safety",
    "Data Protection",
    "Manual Handling",
    "Vector Search",
    "Change Streams",
    "Incident Response",
    "First Aid",
    "Anti-Bribery",
    "Aggregation",
    "Indexing",
    "Replication",
    "Sharding",
    "Backup and Recovery",
    "Access Control",
    "Encryption",
    "Schema Design",
    "Time Series",
    "Transactions",
    "Monitoring",
    "Capacity Planning",
    "Laboratory Safety",
    "Food Hygiene",
    "Forklift Operation",
    "Working at Height",
    "Customer Support",
    "Inclusive Hiring",
    "Project Planning",
    "Public Speaking",
    "Negotiation",
    "Financial Reporting",
    "Export Control",
    "Sécurité au travail",
    "Qualitätssicherung",
    "Atención al cliente",
    "品質管理",
)
FORMS: Final = (
    "{} Essentials",
    "Introduction to {}",
    "{}, Level 2",
    "{} in Practice",
    "Advanced {}",
    "{}: Case Studies",
    "{} for Managers",
    "{} Refresher",
    "Understanding {}",
    "{} Fundamentals",
    "{} Workshop",
    "The {} Handbook",
    "{} 101",
    "{} 201",
    "{} 301",
    "{} Self-Assessment",
    "{} for Developers",
    "{} for Operators",
    "{} – What’s New",
    "{} Deep Dive",
    'The "{}" Playbook',
    "{} Onboarding",
    "{} Certification Prep",
    "{} Troubleshooting",
    "{} at Scale",
    "Teaching {}",
    "{} and the Law",
    "{} Q&A",
    "{} Lab",
    "{} Masterclass",
    "{} by Example",
)
