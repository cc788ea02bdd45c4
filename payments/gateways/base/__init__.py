"""The parts that all gateways share. A gateway package imports only this package, `types`, `wire` and
`config.kit.lib`.
"""
