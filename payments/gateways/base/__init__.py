"""What every gateway is made of. A gateway package imports only this package, `types`, `wire` and
`config.kit.lib`.
"""
