namespace Isthmus.Embedded.Http;

/// <summary>One field of a protobuf message: its JSON name and type. Go writes zero values of plain fields always, of pointers (<c>!</c>) where set.</summary>
internal sealed record ProtobufField(string Name, string Type, bool IsList, bool IsMap, bool KeepsZero);

/// <summary>
/// Kubernetes' protobuf field numbers for what kubectl's <c>create</c> commands send as protobuf. A line is a message, then number=name:type;
/// no type is a string, <c>[]</c> a list, <c>{}</c> a map of strings to the type.
/// </summary>
internal static class ProtobufTypes
{
    private const string Tables = """
        ObjectMeta 1=name 2=generateName 3=namespace 4=selfLink 5=uid 6=resourceVersion 7=generation:int 8=creationTimestamp:Time 9=deletionTimestamp:Time 10=deletionGracePeriodSeconds:int! 11=labels:{}string 12=annotations:{}string 13=ownerReferences:[]OwnerReference 14=finalizers:[]string
        OwnerReference 1=kind 3=name 4=uid 5=apiVersion 6=controller:bool! 7=blockOwnerDeletion:bool!
        Time 1=seconds:int 2=nanos:int
        IntOrString 1=type:int 2=intVal:int! 3=strVal
        Quantity 1=string
        LocalObjectReference 1=name
        ObjectReference 1=kind 2=namespace 3=name 4=uid 5=apiVersion 6=resourceVersion 7=fieldPath
        LabelSelector 1=matchLabels:{}string 2=matchExpressions:[]LabelSelectorRequirement
        LabelSelectorRequirement 1=key 2=operator 3=values:[]string
        Namespace 1=metadata:ObjectMeta 2=spec:NamespaceSpec 3=status:NamespaceStatus
        NamespaceSpec 1=finalizers:[]string
        NamespaceStatus 1=phase
        ConfigMap 1=metadata:ObjectMeta 2=data:{}string 3=binaryData:{}bytes 4=immutable:bool!
        Secret 1=metadata:ObjectMeta 2=data:{}bytes 3=type 4=stringData:{}string 5=immutable:bool!
        ServiceAccount 1=metadata:ObjectMeta 2=secrets:[]ObjectReference 3=imagePullSecrets:[]LocalObjectReference 4=automountServiceAccountToken:bool!
        Service 1=metadata:ObjectMeta 2=spec:ServiceSpec 3=status:ServiceStatus
        ServiceStatus 1=loadBalancer:LoadBalancerStatus
        LoadBalancerStatus
        ServiceSpec 1=ports:[]ServicePort 2=selector:{}string 3=clusterIP 4=type 5=externalIPs:[]string 7=sessionAffinity 8=loadBalancerIP 9=loadBalancerSourceRanges:[]string 10=externalName 11=externalTrafficPolicy 12=healthCheckNodePort:int 13=publishNotReadyAddresses:bool 17=ipFamilyPolicy 18=clusterIPs:[]string 19=ipFamilies:[]string 20=allocateLoadBalancerNodePorts:bool! 21=loadBalancerClass 22=internalTrafficPolicy
        ServicePort 1=name 2=protocol 3=port:int 4=targetPort:IntOrString 5=nodePort:int 6=appProtocol
        Deployment 1=metadata:ObjectMeta 2=spec:DeploymentSpec 3=status:DeploymentStatus
        DeploymentSpec 1=replicas:int! 2=selector:LabelSelector 3=template:PodTemplateSpec 4=strategy:DeploymentStrategy 5=minReadySeconds:int 6=revisionHistoryLimit:int! 7=paused:bool 9=progressDeadlineSeconds:int!
        DeploymentStrategy 1=type 2=rollingUpdate:RollingUpdateDeployment
        RollingUpdateDeployment 1=maxUnavailable:IntOrString 2=maxSurge:IntOrString
        DeploymentStatus 1=observedGeneration:int 2=replicas:int 3=updatedReplicas:int 4=availableReplicas:int 5=unavailableReplicas:int 7=readyReplicas:int
        PodTemplateSpec 1=metadata:ObjectMeta 2=spec:PodSpec
        Pod 1=metadata:ObjectMeta 2=spec:PodSpec 3=status:PodStatus
        PodStatus 1=phase 3=message 4=reason 5=hostIP 6=podIP 9=qosClass 11=nominatedNodeName 14=resize
        PodSpec 2=containers:[]Container 3=restartPolicy 4=terminationGracePeriodSeconds:int! 5=activeDeadlineSeconds:int! 6=dnsPolicy 7=nodeSelector:{}string 8=serviceAccountName 9=serviceAccount 10=nodeName 11=hostNetwork:bool 12=hostPID:bool 13=hostIPC:bool 15=imagePullSecrets:[]LocalObjectReference 16=hostname 17=subdomain 19=schedulerName 20=initContainers:[]Container 24=priorityClassName
        Container 1=name 2=image 3=command:[]string 4=args:[]string 5=workingDir 6=ports:[]ContainerPort 7=env:[]EnvVar 8=resources:ResourceRequirements 13=terminationMessagePath 14=imagePullPolicy 16=stdin:bool 17=stdinOnce:bool 18=tty:bool 20=terminationMessagePolicy
        ContainerPort 1=name 2=hostPort:int 3=containerPort:int 4=protocol 5=hostIP
        EnvVar 1=name 2=value
        ResourceRequirements 1=limits:{}Quantity 2=requests:{}Quantity
        Role 1=metadata:ObjectMeta 2=rules:[]PolicyRule
        ClusterRole 1=metadata:ObjectMeta 2=rules:[]PolicyRule
        PolicyRule 1=verbs:[]string 2=apiGroups:[]string 3=resources:[]string 4=resourceNames:[]string 5=nonResourceURLs:[]string
        RoleBinding 1=metadata:ObjectMeta 2=subjects:[]Subject 3=roleRef:RoleRef
        ClusterRoleBinding 1=metadata:ObjectMeta 2=subjects:[]Subject 3=roleRef:RoleRef
        Subject 1=kind 2=apiGroup 3=name 4=namespace
        RoleRef 1=apiGroup 2=kind 3=name
        TokenRequest 1=metadata:ObjectMeta 2=spec:TokenRequestSpec 3=status:TokenRequestStatus
        TokenRequestSpec 1=audiences:[]string 3=boundObjectRef:BoundObjectReference 4=expirationSeconds:int!
        BoundObjectReference 1=kind 2=apiVersion 3=name 4=uid
        TokenRequestStatus 1=token 2=expirationTimestamp:Time
        SelfSubjectAccessReview 1=metadata:ObjectMeta 2=spec:SelfSubjectAccessReviewSpec 3=status:SubjectAccessReviewStatus
        SelfSubjectAccessReviewSpec 1=resourceAttributes:ResourceAttributes 2=nonResourceAttributes:NonResourceAttributes
        ResourceAttributes 1=namespace 2=verb 3=group 4=version 5=resource 6=subresource 7=name
        NonResourceAttributes 1=path 2=verb
        SubjectAccessReviewStatus 1=allowed:bool 2=reason 3=evaluationError 4=denied:bool
        """;

    private static readonly Dictionary<string, Dictionary<int, ProtobufField>> Messages = Tables.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .ToDictionary(words => words[0], words => Fields(words[1..]), StringComparer.Ordinal);

    /// <summary>The fields of a message by number; null for a message that is not in the tables.</summary>
    public static IReadOnlyDictionary<int, ProtobufField>? Find(string message) => Messages.GetValueOrDefault(message);

    private static Dictionary<int, ProtobufField> Fields(string[] words) => words.Select(word => word.Split('=', 2))
        .ToDictionary(parts => int.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture), parts => Field(parts[1]));

    private static ProtobufField Field(string text)
    {
        var parts = text.Split(':', 2);
        var type = parts.Length > 1 ? parts[1] : "string";
        var isList = type.StartsWith("[]", StringComparison.Ordinal);
        var isMap = type.StartsWith("{}", StringComparison.Ordinal);
        return new ProtobufField(parts[0], type.TrimStart('[', ']', '{', '}').TrimEnd('!'), isList, isMap, type.EndsWith('!'));
    }
}
