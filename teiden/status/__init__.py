"""What a running service says of itself: asked over its socket, shown to a tired operator."""
