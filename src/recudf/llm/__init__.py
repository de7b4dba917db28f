"""What a language model proposes: names, summaries and interests; asked over HTTP, where one is set."""
