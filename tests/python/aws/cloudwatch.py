"""CloudWatch: metrics, and alarms on them."""

import datetime

from aws.behaviour import behaviour
from aws.fleet import now

API = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference"
GUIDE = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring"
PUT_ALARM = f"{API}/API_PutMetricAlarm.html"
PUT_DATA = f"{API}/API_PutMetricData.html"
EVALUATION = f"{GUIDE}/alarm-evaluation.html"
MISSING = f"{GUIDE}/alarms-and-missing-data.html"


def put_alarm(aws, **changes):
    """Puts an alarm on a load above 80 in each of two minutes; the client."""
    client = aws.client("cloudwatch")
    client.put_metric_alarm(
        **{
            "AlarmName": "busy",
            "Namespace": "Test",
            "MetricName": "Load",
            "Statistic": "Average",
            "Period": 60,
            "EvaluationPeriods": 2,
            "Threshold": 80,
            "ComparisonOperator": "GreaterThanThreshold",
            **changes,
        }
    )
    return client


def alarm(client):
    [found] = client.describe_alarms(AlarmNames=["busy"])["MetricAlarms"]
    return found


def load(aws, value, minutes=1):
    """Reports that load every minute for that long."""
    client = aws.client("cloudwatch")
    for _ in range(minutes):
        client.put_metric_data(
            Namespace="Test", MetricData=[{"MetricName": "Load", "Value": value}]
        )
        aws.step(60)


@behaviour("cloudwatch/alarm/put", PUT_ALARM, moto="its state is OK at once")
def put(aws):
    shown = alarm(put_alarm(aws))
    assert shown["StateValue"] == "INSUFFICIENT_DATA"
    assert shown["AlarmArn"] == f"arn:aws:cloudwatch:{aws.region}:{aws.account}:alarm:busy"
    assert (shown["Threshold"], shown["ActionsEnabled"]) == (80, True)


@behaviour("cloudwatch/alarm/put-again", PUT_ALARM)
def put_again(aws):
    put_alarm(aws)
    assert alarm(put_alarm(aws, Threshold=90))["Threshold"] == 90


@behaviour("cloudwatch/alarm/period", PUT_ALARM, moto="it is accepted")
def period(aws):
    aws.refused(
        ("ValidationError", "InvalidParameterValue"),
        aws.client("cloudwatch").put_metric_alarm,
        AlarmName="busy",
        Namespace="Test",
        MetricName="Load",
        Statistic="Average",
        Period=45,
        EvaluationPeriods=1,
        Threshold=80,
        ComparisonOperator="GreaterThanThreshold",
    )


@behaviour("cloudwatch/alarm/set-state", f"{API}/API_SetAlarmState.html")
def set_state(aws):
    client = put_alarm(aws)
    client.set_alarm_state(AlarmName="busy", StateValue="ALARM", StateReason="a test")
    shown = alarm(client)
    assert (shown["StateValue"], shown["StateReason"]) == ("ALARM", "a test")
    found = client.describe_alarms(StateValue="ALARM")["MetricAlarms"]
    assert [entry["AlarmName"] for entry in found] == ["busy"]
    assert client.describe_alarms(StateValue="OK")["MetricAlarms"] == []


@behaviour(
    "cloudwatch/alarm/set-unknown",
    f"{API}/API_SetAlarmState.html",
)
def set_unknown(aws):
    error = aws.refused(
        ("ResourceNotFound", "ResourceNotFoundException"),
        aws.client("cloudwatch").set_alarm_state,
        AlarmName="none",
        StateValue="ALARM",
        StateReason="a test",
    )
    assert error["status"] == 404


@behaviour(
    "cloudwatch/alarm/set-bad-state",
    f"{API}/API_SetAlarmState.html",
)
def set_bad_state(aws):
    client = put_alarm(aws)
    arguments = {"AlarmName": "busy", "StateValue": "RINGING", "StateReason": "a test"}
    aws.refused("ValidationError", client.set_alarm_state, **arguments)


@behaviour("cloudwatch/alarm/delete", f"{API}/API_DeleteAlarms.html")
def delete(aws):
    client = put_alarm(aws)
    client.delete_alarms(AlarmNames=["busy"])
    assert client.describe_alarms()["MetricAlarms"] == []


@behaviour("cloudwatch/alarm/rings", EVALUATION, emulator_only=True)
def rings(aws):
    client = put_alarm(aws)
    load(aws, 50, 3)
    assert alarm(client)["StateValue"] == "OK"
    load(aws, 90, 1)
    load(aws, 50, 2)
    assert alarm(client)["StateValue"] == "OK"
    load(aws, 90, 4)
    assert alarm(client)["StateValue"] == "ALARM"
    assert "Threshold Crossed" in alarm(client)["StateReason"]
    load(aws, 50, 4)
    assert alarm(client)["StateValue"] == "OK"


@behaviour("cloudwatch/alarm/datapoints", EVALUATION, emulator_only=True)
def datapoints(aws):
    client = put_alarm(aws, EvaluationPeriods=4, DatapointsToAlarm=2)
    load(aws, 50, 5)
    for value in (90, 50, 90):
        load(aws, value)
    aws.step(60)
    assert alarm(client)["StateValue"] == "ALARM"


@behaviour("cloudwatch/alarm/missing", MISSING, emulator_only=True)
def missing(aws):
    client = put_alarm(aws)
    load(aws, 50, 3)
    assert alarm(client)["StateValue"] == "OK"
    aws.step(1800)
    assert alarm(client)["StateValue"] == "INSUFFICIENT_DATA"


@behaviour("cloudwatch/alarm/missing-breaches", MISSING, emulator_only=True)
def missing_breaches(aws):
    client = put_alarm(aws, TreatMissingData="breaching")
    load(aws, 50, 3)
    aws.step(1800)
    assert alarm(client)["StateValue"] == "ALARM"


@behaviour("cloudwatch/alarm/missing-ignored", MISSING, emulator_only=True)
def missing_ignored(aws):
    client = put_alarm(aws, TreatMissingData="ignore")
    load(aws, 90, 4)
    assert alarm(client)["StateValue"] == "ALARM"
    aws.step(1800)
    assert alarm(client)["StateValue"] == "ALARM"


@behaviour(
    "cloudwatch/alarm/history",
    f"{API}/API_DescribeAlarmHistory.html",
    moto="the operation is missing",
)
def history(aws):
    client = put_alarm(aws)
    client.set_alarm_state(AlarmName="busy", StateValue="ALARM", StateReason="a test")
    items = client.describe_alarm_history(AlarmName="busy", HistoryItemType="StateUpdate")
    assert len(items["AlarmHistoryItems"]) == 1
    assert "to ALARM" in items["AlarmHistoryItems"][0]["HistorySummary"]


@behaviour("cloudwatch/alarm/actions-off", f"{API}/API_DisableAlarmActions.html")
def actions_off(aws):
    client = put_alarm(aws)
    client.disable_alarm_actions(AlarmNames=["busy"])
    assert alarm(client)["ActionsEnabled"] is False
    client.enable_alarm_actions(AlarmNames=["busy"])
    assert alarm(client)["ActionsEnabled"] is True


@behaviour("cloudwatch/data/statistics", f"{API}/API_GetMetricStatistics.html")
def statistics(aws):
    client = aws.client("cloudwatch")
    end = now(aws)
    for value in (1, 2, 6):
        data = [{"MetricName": "Load", "Value": value, "Timestamp": end, "Unit": "Count"}]
        client.put_metric_data(Namespace="Test", MetricData=data)
    [point] = client.get_metric_statistics(
        Namespace="Test",
        MetricName="Load",
        StartTime=end - datetime.timedelta(hours=1),
        EndTime=end + datetime.timedelta(hours=1),
        Period=3600 * 3,
        Statistics=["Average", "Sum", "Maximum", "SampleCount"],
    )["Datapoints"]
    assert (point["Average"], point["Sum"], point["Maximum"], point["SampleCount"]) == (3, 9, 6, 3)
    assert point["Unit"] == "Count"


@behaviour("cloudwatch/data/metrics", f"{API}/API_ListMetrics.html")
def metrics(aws):
    client = aws.client("cloudwatch")
    dimension = {"Name": "Node", "Value": "one"}
    data = [{"MetricName": "Load", "Value": 1, "Dimensions": [dimension]}]
    client.put_metric_data(Namespace="Test", MetricData=data)
    [metric] = client.list_metrics(Namespace="Test")["Metrics"]
    assert metric == {"Namespace": "Test", "MetricName": "Load", "Dimensions": [dimension]}
    assert client.list_metrics(Namespace="Other")["Metrics"] == []


@behaviour("cloudwatch/data/reserved-namespace", PUT_DATA, moto="it is accepted")
def reserved(aws):
    aws.refused(
        "InvalidParameterValue",
        aws.client("cloudwatch").put_metric_data,
        Namespace="AWS/EC2",
        MetricData=[{"MetricName": "CPUUtilization", "Value": 1}],
    )
