"""The version of the program: of the package, of the documents of the API, of a deployment."""

VERSION = "1.0.0"
