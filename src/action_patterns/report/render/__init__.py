"""One RunReport into every channel: Markdown, HTML, text, JUnit, annotations. Pure."""
