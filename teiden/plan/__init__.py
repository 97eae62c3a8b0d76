"""What `teiden plan` computes: how the site stops, starts and sleeps, at its limits."""
