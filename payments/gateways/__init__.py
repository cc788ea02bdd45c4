"""Banks and payment providers that we call, one package each.

Names are imported from the module that defines them: this package and its sub-packages re-export nothing.
"""
