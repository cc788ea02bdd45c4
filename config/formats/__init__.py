"""How days and times are written and read, where Django's own formats of a language are not what people write."""
