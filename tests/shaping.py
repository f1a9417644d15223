"""What is made of a report in worker processes, which must find it by the name of its module."""


def restored(report, config):
    """The restored text, and a sign of which settings came along."""
    return report.restored, config.min_confidence
