"""What a light looks like, as slots, and on its way from one look to another. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from drivers.artnet.settings import LightSettings


@dataclass(frozen=True, slots=True)
class Look:
    """Level in percent, 0..100, and colour temperature in kelvin (of no meaning to a plain dimmer)."""

    level: float
    cct: float

    def toward(self, goal: Look, share: float) -> Look:
        """Return the look after `share`, 0..1, of the way to `goal`."""
        level = self.level + (goal.level - self.level) * share
        return Look(level, self.cct + (goal.cct - self.cct) * share)


def slots(light: LightSettings, look: Look) -> bytes:
    """Return the slots, 0..255 each, that make `light` look so; colour temperatures end at its warm and cold end."""
    share = look.level / 100
    cold = (look.cct - light.warm) / max(1, light.cold - light.warm)
    cold = min(1.0, max(0.0, cold))
    match light.fixture:
        case "dimmer":
            return bytes((round(share * 255),))
        case "dimmer_16bit":
            return round(share * 0xFFFF).to_bytes(2, "big")
        case "warm_cold":
            return bytes((round(share * (1 - cold) * 255), round(share * cold * 255)))
        case "dimmer_cct":
            return bytes((round(share * 255), round(cold * 255)))
