namespace Isthmus.Core.Injection.Structs;

/// <summary>
/// The fields of a Pod as Go declares them, in the order in which Go writes them. A field is <c>json/Go:type</c>, the Go name only
/// where it is not the JSON name capitalised. Types: s string, b bool, i integer, q quantity, t time, p port (number or name), a anything,
/// ms and mq maps of strings and quantities, @ a struct, [] a list, * a pointer; ! marks a field without omitempty.
/// </summary>
internal static class PodStructTable
{
    public const string Text = """
        Pod: kind:s apiVersion/APIVersion:s metadata/ObjectMeta:@ObjectMeta spec:@PodSpec status:a
        ResourceRequirements: limits:mq requests:mq claims:[]@ResourceClaim
        ResourceClaim: name:s! request:s
        PodSpec: volumes:[]@Volume initContainers:[]@Container containers:[]@Container!
            ephemeralContainers:[]@EphemeralContainer restartPolicy:s terminationGracePeriodSeconds:*i
            activeDeadlineSeconds:*i dnsPolicy/DNSPolicy:s nodeSelector:ms serviceAccountName:s
            serviceAccount/DeprecatedServiceAccount:s automountServiceAccountToken:*b nodeName:s hostNetwork:b hostPID:b
            hostIPC:b shareProcessNamespace:*b securityContext:*@PodSecurityContext imagePullSecrets:[]@LocalObjectReference
            hostname:s subdomain:s affinity:*@Affinity schedulerName:s tolerations:[]@Toleration hostAliases:[]@HostAlias
            priorityClassName:s priority:*i dnsConfig/DNSConfig:*@PodDNSConfig readinessGates:[]@PodReadinessGate
            runtimeClassName:*s enableServiceLinks:*b preemptionPolicy:*s overhead:mq
            topologySpreadConstraints:[]@TopologySpreadConstraint setHostnameAsFQDN:*b os/OS:*@PodOS hostUsers:*b
            schedulingGates:[]@PodSchedulingGate resourceClaims:[]@PodResourceClaim resources:*@ResourceRequirements
            hostnameOverride:*s schedulingGroup:*@PodSchedulingGroup evictionResponders:[]@EvictionResponder
        EvictionResponder: name:s! priority:*i!
        PodSchedulingGroup: podGroupName:*s
        PodResourceClaim: name:s! resourceClaimName:*s resourceClaimTemplateName:*s
        PodSchedulingGate: name:s!
        PodOS: name:s!
        TopologySpreadConstraint: maxSkew:i! topologyKey:s! whenUnsatisfiable:s! labelSelector:*@LabelSelector minDomains:*i
            nodeAffinityPolicy:*s nodeTaintsPolicy:*s matchLabelKeys:[]s
        LabelSelector: matchLabels:ms matchExpressions:[]@LabelSelectorRequirement
        LabelSelectorRequirement: key:s! operator:s! values:[]s
        PodReadinessGate: conditionType:s!
        PodDNSConfig: nameservers:[]s searches:[]s options:[]@PodDNSConfigOption
        PodDNSConfigOption: name:s value:*s
        HostAlias: ip/IP:s! hostnames:[]s
        Toleration: key:s operator:s value:s effect:s tolerationSeconds:*i
        Affinity: nodeAffinity:*@NodeAffinity podAffinity:*@PodAffinity podAntiAffinity:*@PodAntiAffinity
        PodAntiAffinity: requiredDuringSchedulingIgnoredDuringExecution:[]@PodAffinityTerm
            preferredDuringSchedulingIgnoredDuringExecution:[]@WeightedPodAffinityTerm
        WeightedPodAffinityTerm: weight:i! podAffinityTerm:@PodAffinityTerm!
        PodAffinityTerm: labelSelector:*@LabelSelector namespaces:[]s topologyKey:s! namespaceSelector:*@LabelSelector
            matchLabelKeys:[]s mismatchLabelKeys:[]s
        PodAffinity: requiredDuringSchedulingIgnoredDuringExecution:[]@PodAffinityTerm
            preferredDuringSchedulingIgnoredDuringExecution:[]@WeightedPodAffinityTerm
        NodeAffinity: requiredDuringSchedulingIgnoredDuringExecution:*@NodeSelector
            preferredDuringSchedulingIgnoredDuringExecution:[]@PreferredSchedulingTerm
        PreferredSchedulingTerm: weight:i! preference:@NodeSelectorTerm!
        NodeSelectorTerm: matchExpressions:[]@NodeSelectorRequirement matchFields:[]@NodeSelectorRequirement
        NodeSelectorRequirement: key:s! operator:s! values:[]s
        NodeSelector: nodeSelectorTerms:[]@NodeSelectorTerm!
        LocalObjectReference: name:s
        PodSecurityContext: seLinuxOptions/SELinuxOptions:*@SELinuxOptions windowsOptions:*@WindowsSecurityContextOptions
            runAsUser:*i runAsGroup:*i runAsNonRoot:*b supplementalGroups:[]i supplementalGroupsPolicy:*s fsGroup/FSGroup:*i
            sysctls:[]@Sysctl fsGroupChangePolicy/FSGroupChangePolicy:*s seccompProfile:*@SeccompProfile
            appArmorProfile:*@AppArmorProfile seLinuxChangePolicy/SELinuxChangePolicy:*s
        AppArmorProfile: type:s! localhostProfile:*s
        SeccompProfile: type:s! localhostProfile:*s
        Sysctl: name:s! value:s!
        WindowsSecurityContextOptions: gmsaCredentialSpecName/GMSACredentialSpecName:*s
            gmsaCredentialSpec/GMSACredentialSpec:*s runAsUserName:*s hostProcess:*b
        SELinuxOptions: user:s role:s type:s level:s
        EphemeralContainer: name:s! image:s command:[]s args:[]s workingDir:s ports:[]@ContainerPort envFrom:[]@EnvFromSource
            env:[]@EnvVar resources:@ResourceRequirements resizePolicy:[]@ContainerResizePolicy restartPolicy:*s
            restartPolicyRules:[]@ContainerRestartRule volumeMounts:[]@VolumeMount volumeDevices:[]@VolumeDevice
            livenessProbe:*@Probe readinessProbe:*@Probe startupProbe:*@Probe lifecycle:*@Lifecycle terminationMessagePath:s
            terminationMessagePolicy:s imagePullPolicy:s securityContext:*@SecurityContext stdin:b stdinOnce:b tty/TTY:b
            targetContainerName:s
        SecurityContext: capabilities:*@Capabilities privileged:*b seLinuxOptions/SELinuxOptions:*@SELinuxOptions
            windowsOptions:*@WindowsSecurityContextOptions runAsUser:*i runAsGroup:*i runAsNonRoot:*b
            readOnlyRootFilesystem:*b allowPrivilegeEscalation:*b procMount:*s seccompProfile:*@SeccompProfile
            appArmorProfile:*@AppArmorProfile
        Capabilities: add:[]s drop:[]s
        Lifecycle: postStart:*@LifecycleHandler preStop:*@LifecycleHandler stopSignal:*s
        LifecycleHandler: exec:*@ExecAction httpGet/HTTPGet:*@HTTPGetAction tcpSocket/TCPSocket:*@TCPSocketAction
            sleep:*@SleepAction
        SleepAction: seconds:i!
        TCPSocketAction: port:p! host:s
        HTTPGetAction: path:s port:p! host:s scheme:s httpHeaders/HTTPHeaders:[]@HTTPHeader protocol:*s
        HTTPHeader: name:s! value:s!
        ExecAction: command:[]s
        Probe: exec:*@ExecAction httpGet/HTTPGet:*@HTTPGetAction tcpSocket/TCPSocket:*@TCPSocketAction grpc/GRPC:*@GRPCAction
            initialDelaySeconds:i timeoutSeconds:i periodSeconds:i successThreshold:i failureThreshold:i
            terminationGracePeriodSeconds:*i
        GRPCAction: port:i! service:*s! mode:*s
        VolumeDevice: name:s! devicePath:s!
        VolumeMount: name:s! readOnly:b recursiveReadOnly:*s mountPath:s! subPath:s mountPropagation:*s subPathExpr:s
            bindMountOptions:[]s
        ContainerRestartRule: action:s exitCodes:*@ContainerRestartRuleOnExitCodes
        ContainerRestartRuleOnExitCodes: operator:s values:[]i
        ContainerResizePolicy: resourceName:s! restartPolicy:s!
        EnvVar: name:s! value:s valueFrom:*@EnvVarSource
        EnvVarSource: fieldRef:*@ObjectFieldSelector resourceFieldRef:*@ResourceFieldSelector
            configMapKeyRef:*@ConfigMapKeySelector secretKeyRef:*@SecretKeySelector fileKeyRef:*@FileKeySelector
        FileKeySelector: volumeName:s! path:s! key:s! optional:*b
        SecretKeySelector: name:s key:s! optional:*b
        ConfigMapKeySelector: name:s key:s! optional:*b
        ResourceFieldSelector: containerName:s resource:s! divisor:q
        ObjectFieldSelector: apiVersion/APIVersion:s fieldPath:s!
        EnvFromSource: prefix:s configMapRef:*@ConfigMapEnvSource secretRef:*@SecretEnvSource
        SecretEnvSource: name:s optional:*b
        ConfigMapEnvSource: name:s optional:*b
        ContainerPort: name:s hostPort:i containerPort:i! protocol:s hostIP:s
        Container: name:s! image:s command:[]s args:[]s workingDir:s ports:[]@ContainerPort envFrom:[]@EnvFromSource
            env:[]@EnvVar resources:@ResourceRequirements resizePolicy:[]@ContainerResizePolicy restartPolicy:*s
            restartPolicyRules:[]@ContainerRestartRule volumeMounts:[]@VolumeMount volumeDevices:[]@VolumeDevice
            livenessProbe:*@Probe readinessProbe:*@Probe startupProbe:*@Probe lifecycle:*@Lifecycle terminationMessagePath:s
            terminationMessagePolicy:s imagePullPolicy:s securityContext:*@SecurityContext stdin:b stdinOnce:b tty/TTY:b
        Volume: name:s! hostPath:*@HostPathVolumeSource emptyDir:*@EmptyDirVolumeSource
            gcePersistentDisk/GCEPersistentDisk:*@GCEPersistentDiskVolumeSource
            awsElasticBlockStore/AWSElasticBlockStore:*@AWSElasticBlockStoreVolumeSource gitRepo:*@GitRepoVolumeSource
            secret:*@SecretVolumeSource nfs/NFS:*@NFSVolumeSource iscsi/ISCSI:*@ISCSIVolumeSource
            glusterfs:*@GlusterfsVolumeSource persistentVolumeClaim:*@PersistentVolumeClaimVolumeSource
            rbd/RBD:*@RBDVolumeSource flexVolume:*@FlexVolumeSource cinder:*@CinderVolumeSource
            cephfs/CephFS:*@CephFSVolumeSource flocker:*@FlockerVolumeSource downwardAPI:*@DownwardAPIVolumeSource
            fc/FC:*@FCVolumeSource azureFile:*@AzureFileVolumeSource configMap:*@ConfigMapVolumeSource
            vsphereVolume:*@VsphereVirtualDiskVolumeSource quobyte:*@QuobyteVolumeSource azureDisk:*@AzureDiskVolumeSource
            photonPersistentDisk:*@PhotonPersistentDiskVolumeSource projected:*@ProjectedVolumeSource
            portworxVolume:*@PortworxVolumeSource scaleIO:*@ScaleIOVolumeSource storageos/StorageOS:*@StorageOSVolumeSource
            csi/CSI:*@CSIVolumeSource ephemeral:*@EphemeralVolumeSource image:*@ImageVolumeSource
        ImageVolumeSource: reference:s pullPolicy:s
        EphemeralVolumeSource: volumeClaimTemplate:*@PersistentVolumeClaimTemplate
        PersistentVolumeClaimTemplate: metadata/ObjectMeta:@ObjectMeta spec:@PersistentVolumeClaimSpec!
        PersistentVolumeClaimSpec: accessModes:[]s selector:*@LabelSelector resources:@VolumeResourceRequirements volumeName:s
            storageClassName:*s volumeMode:*s dataSource:*@TypedLocalObjectReference dataSourceRef:*@TypedObjectReference
            volumeAttributesClassName:*s
        TypedObjectReference: apiGroup/APIGroup:*s! kind:s! name:s! namespace:*s
        TypedLocalObjectReference: apiGroup/APIGroup:*s! kind:s! name:s!
        VolumeResourceRequirements: limits:mq requests:mq
        ObjectMeta: name:s generateName:s namespace:s selfLink:s uid/UID:s resourceVersion:s generation:i creationTimestamp:t
            deletionTimestamp:*t deletionGracePeriodSeconds:*i labels:ms annotations:ms ownerReferences:[]@OwnerReference
            finalizers:[]s managedFields:[]a
        OwnerReference: apiVersion/APIVersion:s! kind:s! name:s! uid/UID:s! controller:*b blockOwnerDeletion:*b
        CSIVolumeSource: driver:s! readOnly:*b fsType/FSType:*s volumeAttributes:ms
            nodePublishSecretRef:*@LocalObjectReference
        StorageOSVolumeSource: volumeName:s volumeNamespace:s fsType/FSType:s readOnly:b secretRef:*@LocalObjectReference
        ScaleIOVolumeSource: gateway:s! system:s! secretRef:*@LocalObjectReference! sslEnabled/SSLEnabled:b protectionDomain:s
            storagePool:s storageMode:s volumeName:s fsType/FSType:s readOnly:b
        PortworxVolumeSource: volumeID:s! fsType/FSType:s readOnly:b
        ProjectedVolumeSource: sources:[]@VolumeProjection! defaultMode:*i defaultUser:*i
        VolumeProjection: secret:*@SecretProjection downwardAPI:*@DownwardAPIProjection configMap:*@ConfigMapProjection
            serviceAccountToken:*@ServiceAccountTokenProjection clusterTrustBundle:*@ClusterTrustBundleProjection
            podCertificate:*@PodCertificateProjection
        PodCertificateProjection: signerName:s keyType:s maxExpirationSeconds:*i credentialBundlePath:s keyPath:s
            certificateChainPath:s userAnnotations:ms user:*i
        ClusterTrustBundleProjection: name:*s signerName:*s labelSelector:*@LabelSelector optional:*b path:s! user:*i
        ServiceAccountTokenProjection: audience:s expirationSeconds:*i path:s! user:*i
        ConfigMapProjection: name:s items:[]@KeyToPath optional:*b
        KeyToPath: key:s! path:s! mode:*i user:*i
        DownwardAPIProjection: items:[]@DownwardAPIVolumeFile
        DownwardAPIVolumeFile: path:s! fieldRef:*@ObjectFieldSelector resourceFieldRef:*@ResourceFieldSelector mode:*i user:*i
        SecretProjection: name:s items:[]@KeyToPath optional:*b
        PhotonPersistentDiskVolumeSource: pdID:s! fsType/FSType:s
        AzureDiskVolumeSource: diskName:s! diskURI/DataDiskURI:s! cachingMode:*s fsType/FSType:*s readOnly:*b kind:*s
        QuobyteVolumeSource: registry:s! volume:s! readOnly:b user:s group:s tenant:s
        VsphereVirtualDiskVolumeSource: volumePath:s! fsType/FSType:s storagePolicyName:s storagePolicyID:s
        ConfigMapVolumeSource: name:s items:[]@KeyToPath defaultMode:*i optional:*b defaultUser:*i
        AzureFileVolumeSource: secretName:s! shareName:s! readOnly:b
        FCVolumeSource: targetWWNs:[]s lun:*i fsType/FSType:s readOnly:b wwids/WWIDs:[]s
        DownwardAPIVolumeSource: items:[]@DownwardAPIVolumeFile defaultMode:*i defaultUser:*i
        FlockerVolumeSource: datasetName:s datasetUUID:s
        CephFSVolumeSource: monitors:[]s! path:s user:s secretFile:s secretRef:*@LocalObjectReference readOnly:b
        CinderVolumeSource: volumeID:s! fsType/FSType:s readOnly:b secretRef:*@LocalObjectReference
        FlexVolumeSource: driver:s! fsType/FSType:s secretRef:*@LocalObjectReference readOnly:b options:ms
        RBDVolumeSource: monitors/CephMonitors:[]s! image/RBDImage:s! fsType/FSType:s pool/RBDPool:s user/RadosUser:s
            keyring:s secretRef:*@LocalObjectReference readOnly:b
        PersistentVolumeClaimVolumeSource: claimName:s! readOnly:b
        GlusterfsVolumeSource: endpoints/EndpointsName:s! path:s! readOnly:b
        ISCSIVolumeSource: targetPortal:s! iqn/IQN:s! lun:i! iscsiInterface/ISCSIInterface:s fsType/FSType:s readOnly:b
            portals:[]s chapAuthDiscovery/DiscoveryCHAPAuth:b chapAuthSession/SessionCHAPAuth:b
            secretRef:*@LocalObjectReference initiatorName:*s
        NFSVolumeSource: server:s! path:s! readOnly:b
        SecretVolumeSource: secretName:s items:[]@KeyToPath defaultMode:*i optional:*b defaultUser:*i
        GitRepoVolumeSource: repository:s! revision:s directory:s
        AWSElasticBlockStoreVolumeSource: volumeID:s! fsType/FSType:s partition:i readOnly:b
        GCEPersistentDiskVolumeSource: pdName/PDName:s! fsType/FSType:s partition:i readOnly:b
        EmptyDirVolumeSource: medium:s sizeLimit:*q mode:*i
        HostPathVolumeSource: path:s! type:*s
        """;
}
