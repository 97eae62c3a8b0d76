"""Alarms on their way out, by webhook and mail: kept until they have arrived, and never waited for."""
