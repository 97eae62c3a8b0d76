"""From what another program or a spreadsheet knows of a site to a draft of its site file."""
