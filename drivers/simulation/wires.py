"""All wires under one roof."""

from drivers.simulation.mqtt_wire import MqttWire
from drivers.simulation.pty_wire import PtyWire
from drivers.simulation.tcp_wire import TcpPeer, TcpWire
from drivers.simulation.udp_wire import UdpWire

__all__ = ["MqttWire", "PtyWire", "TcpPeer", "TcpWire", "UdpWire"]
