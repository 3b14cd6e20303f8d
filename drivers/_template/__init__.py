"""A driver to copy: complete, tested, and for a protocol that nobody has. Begin with docs/adding-a-driver.md.

Read `tables`, `codec`, `simulator`, `settings`, `device`, in this order; the steps are those of the guide. Tests:
`tests/drivers/_template/`. Then, step 9, one line in `drivers/registry.py`.
"""

from __future__ import annotations

from drivers._template.device import Lantern
from drivers._template.settings import LanternSettings
from drivers._template.simulator import LanternSimulator
from drivers.spec import DriverSpec

DRIVER = DriverSpec(
    id="template",
    kind="light",
    name={"zh": "示例灯", "en": "Example lantern"},
    transports=Lantern.transports,
    defaults=Lantern.defaults,
    settings=LanternSettings,
    device=Lantern,
    simulator=LanternSimulator,
)
