"""All wires under one roof."""

from drivers.simulation.http_wire import HttpWire
from drivers.simulation.mqtt_wire import MqttWire
from drivers.simulation.pty_wire import PtyWire
from drivers.simulation.tcp_wire import TcpPeer, TcpWire
from drivers.simulation.udp_wire import UdpWire

__all__ = ["HttpWire", "MqttWire", "PtyWire", "TcpPeer", "TcpWire", "UdpWire"]
