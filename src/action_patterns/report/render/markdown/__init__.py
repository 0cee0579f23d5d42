"""RunReport into the job summary and comments."""
