"""What a story is to other stories: near to a seed (`nearness`), a copy of another (`copies`)."""
