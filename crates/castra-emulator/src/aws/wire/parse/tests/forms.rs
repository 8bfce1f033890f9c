//! EC2's and the others' form parameters.

use serde_json::json;

use super::*;

fn ec2(body: &str) -> Result<(String, Value), ApiError> {
    read(served("ec2"), &request("POST /", &[], format!("{body}&Version=2016-11-15")))
}

fn ec2_refused(body: &str) -> (String, String) {
    refused(served("ec2"), &request("POST /", &[], format!("{body}&Version=2016-11-15")))
}

fn pair(code: &str, message: &str) -> (String, String) {
    (code.to_owned(), message.to_owned())
}

#[test]
fn ec2_reads_lists_structures_and_scalars() {
    let body = "Action=RunInstances&ImageId=ami-1&MinCount=1&MaxCount=2&SecurityGroupId.2=sg-b&SecurityGroupId.1=sg-a\
                &TagSpecification.1.ResourceType=instance&TagSpecification.1.Tag.10.Key=b\
                &TagSpecification.1.Tag.9.Key=a&TagSpecification.1.Tag.9.Value=&EbsOptimized=true&DryRun=False";
    let (operation, input) = ec2(body).unwrap();
    assert_eq!(operation, "RunInstances");
    assert_eq!(
        input,
        json!({
            "ImageId": "ami-1", "MinCount": 1, "MaxCount": 2, "SecurityGroupIds": ["sg-a", "sg-b"],
            "TagSpecifications": [
                {"ResourceType": "instance", "Tags": [{"Key": "a", "Value": ""}, {"Key": "b"}]}],
            "EbsOptimized": true, "DryRun": false,
        })
    );
}

#[test]
fn get_requests_and_common_parameters() {
    let line =
        "GET /?Action=DescribeVpcs&Version=2016-11-15&VpcId.1=vpc-1&AWSAccessKeyId=a&X-Amz-Date=b&SignatureVersion=2";
    assert_eq!(
        read(served("ec2"), &request(line, &[], "")).unwrap(),
        ("DescribeVpcs".to_owned(), json!({"VpcIds": ["vpc-1"]}))
    );
}

#[test]
fn ec2_refuses_what_it_does_not_know() {
    let unknown = |name: &str| pair("UnknownParameter", &format!("The parameter {name} is not recognized"));
    assert_eq!(ec2_refused("Action=DescribeVpcs&vpcId.1=vpc-1"), unknown("vpcId"));
    assert_eq!(ec2_refused("Action=DescribeVpcs&VpcId.a=vpc-1"), unknown("VpcId.a"));
    assert_eq!(ec2_refused("Action=DescribeVpcs&VpcId.1.X=vpc-1"), unknown("VpcId.1.X"));
    assert_eq!(ec2_refused("Action=DescribeVpcs&Filter.1.Foo=vpc-1"), unknown("Filter.1.Foo"));
    assert_eq!(
        ec2_refused("Action=DescribeVpcs&MaxResults=many"),
        pair("InvalidParameterValue", "Value (many) for parameter maxResults is invalid.")
    );
    assert_eq!(ec2_refused("Action=DescribeVpcs&MaxResults=99999999999").0, "InvalidParameterValue");
}

#[test]
fn indices_cost_nothing() {
    let (_, input) = ec2("Action=DescribeVpcs&VpcId.1000000000=b&VpcId.99999999999999999999999=c&VpcId.0=a").unwrap();
    assert_eq!(input, json!({"VpcIds": ["a", "b", "c"]}));
}

#[test]
fn unknown_actions_and_versions() {
    let unknown =
        |service: &str, body: &str| identify(served(service), &request("POST /", &[], body.to_owned())).unwrap_err();
    let ec2 = unknown("ec2", "Action=DescribeNothing&Version=2016-11-15");
    assert_eq!(ec2.name, "DescribeNothing");
    assert!(!ec2.unserved);
    assert_eq!(ec2.error.code, "InvalidAction");
    assert_eq!(ec2.error.message, "The action DescribeNothing is not valid for this web service.");
    assert!(unknown("ec2", "Action=DescribeFleets&Version=2016-11-15").unserved);
    assert_eq!(unknown("ec2", "Action=DescribeVpcs&Version=2000-01-01").error.code, "NoSuchVersion");
    assert_eq!(unknown("ec2", "").error.code, "MissingAction");
    let iam = unknown("iam", "Action=ListNothing&Version=2010-05-08");
    assert_eq!(iam.error.message, "Could not find operation ListNothing for version 2010-05-08");
    assert_eq!(
        unknown("iam", "Action=ListUsers&Version=2012-10-17").error.message,
        "Could not find operation ListUsers for version 2012-10-17"
    );
    assert_eq!(unknown("iam", "Action=%FF").error.code, "MalformedQueryString");
}

#[test]
fn query_reads_members_and_empty_lists() {
    let asg = |body: &str| read(served("autoscaling"), &request("POST /", &[], format!("{body}&Version=2011-01-01")));
    let (_, input) =
        asg("Action=CreateAutoScalingGroup&AutoScalingGroupName=g&MinSize=1&MaxSize=3&Tags.member.1.Key=k\
         &Tags.member.1.PropagateAtLaunch=true&TargetGroupARNs=&Foo=ignored")
        .unwrap();
    assert_eq!(
        input,
        json!({
            "AutoScalingGroupName": "g", "MinSize": 1, "MaxSize": 3, "TargetGroupARNs": [],
            "Tags": [{"Key": "k", "PropagateAtLaunch": true}],
        })
    );
    let malformed = |body: &str| {
        let error = asg(body).unwrap_err();
        (error.code, error.message)
    };
    assert_eq!(
        malformed("Action=CreateAutoScalingGroup&Tags.member.1=k"),
        pair("MalformedInput", "Unexpected complex element termination")
    );
    assert_eq!(
        malformed("Action=CreateAutoScalingGroup&Tags=k"),
        pair("MalformedInput", "Unexpected list element termination")
    );
    assert_eq!(
        malformed("Action=CreateAutoScalingGroup&MinSize.1=k"),
        pair("MalformedInput", "Start of structure or map found where not expected.")
    );
    assert_eq!(malformed("Action=CreateAutoScalingGroup&MinSize=one").0, "MalformedInput");
}

#[test]
fn cloudwatch_speaks_three_protocols() {
    let contract = served("monitoring");
    let given = json!({"AlarmNames": ["a"]});
    let form = "Action=DeleteAlarms&Version=2010-08-01&AlarmNames.member.1=a";
    assert_eq!(read(contract, &request("POST /", &[], form)).unwrap().1, given);
    let target = ("x-amz-target", "GraniteServiceVersion20100801.DeleteAlarms");
    assert_eq!(read(contract, &request("POST /", &[target], given.to_string())).unwrap().1, given);
    let mut body = Vec::new();
    ciborium::into_writer(&given, &mut body).unwrap();
    let line = "POST /service/GraniteServiceVersion20100801/operation/DeleteAlarms";
    assert_eq!(read(contract, &request(line, &[("smithy-protocol", "rpc-v2-cbor")], body)).unwrap().1, given);
}
