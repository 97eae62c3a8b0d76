"""What `teiden plan --tune` computes: the smallest change of a site's times that makes it safe."""
