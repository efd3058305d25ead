"""What a grid worker's phone takes along: the matters of the post, what may be done with them, and the words for it."""
