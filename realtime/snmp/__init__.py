"""UPS cards by SNMP: an engine that asks, tables that understand, a driver that makes a UPS of both."""
