"""The numbers that Open Dental stores for the words of its enumerations."""

from enum import IntEnum


class AptStatus(IntEnum):
    """appointment.AptStatus."""

    SCHEDULED = 1
    COMPLETE = 2
    UNSCHEDULED_LIST = 3
    BROKEN = 5
    PLANNED = 6
    NOTE = 7


class HistoryAction(IntEnum):
    """histappointment.HistApptAction."""

    CREATED = 0
    CHANGED = 1
    MISSED = 2
    CANCELLED = 3
    DELETED = 4


class PatStatus(IntEnum):
    """patient.PatStatus."""

    PATIENT = 0
    NON_PATIENT = 1
    INACTIVE = 2
    ARCHIVED = 3
    DELETED = 4
    DECEASED = 5
    PROSPECTIVE = 6


class ProcStatus(IntEnum):
    """procedurelog.ProcStatus."""

    PLANNED = 1
    COMPLETE = 2
    DELETED = 6


class ScheduleType(IntEnum):
    """schedule.SchedType."""

    PRACTICE = 0
    PROVIDER = 1
    BLOCKOUT = 2


class Permission(IntEnum):
    """securitylog.PermType, as far as the office logs it."""

    APPOINTMENT_CREATE = 25
    APPOINTMENT_MOVE = 26
    APPOINTMENT_EDIT = 27


class Invalid(IntEnum):
    """signalod.IType, as far as the office signals it."""

    PROVIDERS = 22
    OPERATORIES = 27
    PATIENT_FIELDS = 37
    APPOINTMENT = 68
    SCHEDULES = 85
