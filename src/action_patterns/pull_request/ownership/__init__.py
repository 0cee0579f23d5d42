"""How a run recognises its own work: marker, comments, trailers and body block. Pure."""
