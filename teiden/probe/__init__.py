"""Reading one UPS card by hand: what it is asked with, and what a person or a script is told."""
