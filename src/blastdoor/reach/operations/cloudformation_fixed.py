"""Which properties of CloudFormation's resources cannot change without a new resource."""

import re

#: What cannot change without a new resource, of the types that most often hold what cannot be made again:
#: `createOnlyProperties` and `conditionalCreateOnlyProperties` in the resource schemas that AWS publishes
#: (https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html), and "Update
#: requires: Replacement" in the template reference where there is none. A `/` leads into a property. A line
#: that begins with blanks carries on the one before.
_IMMUTABLE_TEXT = """
AWS::ACMPCA::CertificateAuthority: Type KeyAlgorithm SigningAlgorithm Subject CsrExtensions
    KeyStorageSecurityStandard UsageMode
AWS::AmazonMQ::Broker: BrokerName StorageType DeploymentMode EngineType SubnetIds AuthenticationStrategy
    EncryptionOptions PubliclyAccessible
AWS::APS::Workspace: KmsKeyArn
AWS::Backup::BackupVault: BackupVaultName EncryptionKeyArn
AWS::Backup::LogicallyAirGappedBackupVault: BackupVaultName MinRetentionDays MaxRetentionDays
    EncryptionKeyArn
AWS::Bedrock::KnowledgeBase: StorageConfiguration KnowledgeBaseConfiguration
AWS::Cassandra::Keyspace: KeyspaceName
AWS::Cassandra::Table: KeyspaceName TableName PartitionKeyColumns ClusteringKeyColumns
    ClientSideTimestampsEnabled
AWS::CodeArtifact::Domain: DomainName EncryptionKey
AWS::CodeArtifact::Repository: RepositoryName DomainName DomainOwner
AWS::Cognito::UserPool: AliasAttributes UsernameAttributes UsernameConfiguration
AWS::Connect::Instance: DirectoryId InstanceAlias IdentityManagementType
AWS::DAX::Cluster: IAMRoleARN SSESpecification ClusterEndpointEncryptionType NetworkType ClusterName
    NodeType SubnetGroupName
AWS::DirectoryService::MicrosoftAD: VpcSettings Edition Name Password ShortName CreateAlias
AWS::DirectoryService::SimpleAD: Size VpcSettings Name Password ShortName Description CreateAlias
AWS::DocDB::DBCluster: SnapshotIdentifier KmsKeyId MasterUsername SourceDBClusterIdentifier
    DBClusterIdentifier AvailabilityZones DBSubnetGroupName StorageEncrypted
AWS::DocDB::DBInstance: DBClusterIdentifier AvailabilityZone DBInstanceIdentifier
AWS::DocDBElastic::Cluster: AdminUserName AuthType ClusterName KmsKeyId
AWS::DynamoDB::GlobalTable: TableName KeySchema LocalSecondaryIndexes GlobalTableSourceArn
AWS::DynamoDB::Table: TableName KeySchema LocalSecondaryIndexes ImportSourceSpecification
AWS::EC2::Instance: AvailabilityZone CpuOptions ElasticGpuSpecifications ElasticInferenceAccelerators
    EnclaveOptions HibernationOptions HostResourceGroupArn ImageId Ipv6AddressCount Ipv6Addresses KeyName
    LaunchTemplate LicenseSpecifications NetworkInterfaces PlacementGroupName PrivateIpAddress
    SecurityGroups SubnetId BlockDeviceMappings Tenancy KernelId RamdiskId SecurityGroupIds UserData
AWS::EC2::Volume: AvailabilityZone Encrypted KmsKeyId OutpostArn SnapshotId SourceVolumeId
AWS::ECR::PublicRepository: RepositoryName
AWS::ECR::Repository: RepositoryName EncryptionConfiguration
AWS::EFS::FileSystem: AvailabilityZoneName Encrypted KmsKeyId PerformanceMode
AWS::EKS::Cluster: OutpostConfig EncryptionConfig KubernetesNetworkConfig/IpFamily
    KubernetesNetworkConfig/ServiceIpv4Cidr AccessConfig/BootstrapClusterCreatorAdminPermissions Name
    RoleArn BootstrapSelfManagedAddons
AWS::ElastiCache::CacheCluster: Port SnapshotArns SnapshotName CacheSubnetGroupName ClusterName Engine
    NetworkType PreferredAvailabilityZones IpDiscovery
AWS::ElastiCache::ReplicationGroup: AtRestEncryptionEnabled CacheSubnetGroupName DataTieringEnabled
    GlobalReplicationGroupId KmsKeyId NetworkType Port PreferredCacheClusterAZs ReplicasPerNodeGroup
    ReplicationGroupId SnapshotArns SnapshotName AuthToken NodeGroupConfiguration
AWS::ElastiCache::ServerlessCache: ServerlessCacheName KmsKeyId SnapshotArnsToRestore SubnetIds
AWS::Elasticsearch::Domain: DomainName
AWS::Events::Archive: ArchiveName SourceArn
AWS::Events::EventBus: Name
AWS::FSx::FileSystem: KmsKeyId SecurityGroupIds FileSystemType SubnetIds BackupId StorageType
AWS::FSx::Volume: BackupId VolumeType
AWS::Glue::Database: DatabaseName CatalogId
AWS::Glue::Table: Name DatabaseName CatalogId
AWS::HealthLake::FHIRDatastore: DatastoreName DatastoreTypeVersion PreloadDataConfig SseConfiguration
    IdentityProviderConfiguration
AWS::IAM::User: UserName
AWS::Kinesis::Stream: Name
AWS::KMS::Key: KeySpec KeyUsage MultiRegion Origin
AWS::KMS::ReplicaKey: PrimaryKeyArn
AWS::Lightsail::Bucket: BucketName
AWS::Lightsail::Database: RelationalDatabaseName AvailabilityZone RelationalDatabaseBlueprintId
    RelationalDatabaseBundleId MasterDatabaseName MasterUsername
AWS::Lightsail::Disk: DiskName AvailabilityZone SizeInGb
AWS::Lightsail::Instance: InstanceName BlueprintId BundleId AvailabilityZone
AWS::Logs::LogGroup: LogGroupName
AWS::Logs::LogStream: LogGroupName LogStreamName
AWS::MemoryDB::Cluster: ClusterName TLSEnabled DataTiering KmsKeyId Port SubnetGroupName SnapshotArns
    MultiRegionClusterName SnapshotName NetworkType
AWS::MSK::Cluster: BrokerNodeGroupInfo/BrokerAZDistribution BrokerNodeGroupInfo/ClientSubnets
    BrokerNodeGroupInfo/SecurityGroups EncryptionInfo/EncryptionAtRest
    EncryptionInfo/EncryptionInTransit/InCluster ClusterName
AWS::MSK::ServerlessCluster: ClusterName VpcConfigs ClientAuthentication Tags
AWS::Neptune::DBCluster: AvailabilityZones DBClusterIdentifier DBSubnetGroupName KmsKeyId RestoreToTime
    RestoreType SnapshotIdentifier SourceDBClusterIdentifier StorageEncrypted UseLatestRestorableTime
AWS::Neptune::DBInstance: AvailabilityZone DBClusterIdentifier DBInstanceIdentifier DBSnapshotIdentifier
    DBSubnetGroupName
AWS::NeptuneGraph::Graph: GraphName ReplicaCount VectorSearchConfiguration KmsKeyIdentifier
    ProvisionedMemory
AWS::OpenSearchServerless::Collection: Name Tags Type StandbyReplicas CollectionGroupName EncryptionConfig
    VectorOptions
AWS::OpenSearchService::Domain: DomainName EncryptionAtRestOptions AdvancedSecurityOptions/Enabled
AWS::QLDB::Ledger: Name
AWS::RDS::DBCluster: AvailabilityZones ClusterScalabilityType DBClusterIdentifier DBSubnetGroupName
    DBSystemId DatabaseName EngineMode KmsKeyId PubliclyAccessible RestoreToTime RestoreType
    SnapshotIdentifier SourceDBClusterIdentifier SourceDbClusterResourceId SourceRegion StorageEncrypted
    UseLatestRestorableTime Engine GlobalClusterIdentifier MasterUsername
AWS::RDS::DBInstance: BackupTarget CharacterSetName CustomIAMInstanceProfile DBClusterIdentifier
    DBInstanceIdentifier DBName DBSubnetGroupName DBSystemId KmsKeyId MasterUsername NcharCharacterSetName
    SourceRegion StorageEncrypted Timezone AvailabilityZone DBClusterSnapshotIdentifier
    DBSnapshotIdentifier Engine RestoreTime SourceDBClusterIdentifier SourceDBInstanceIdentifier
    SourceDBInstanceAutomatedBackupsArn SourceDbiResourceId UseLatestRestorableTime
AWS::RDS::GlobalCluster: GlobalClusterIdentifier SourceDBClusterIdentifier StorageEncrypted Engine
AWS::Redshift::Cluster: ClusterIdentifier OwnerAccount SnapshotIdentifier DBName SnapshotClusterIdentifier
    ClusterSubnetGroupName MasterUsername
AWS::RedshiftServerless::Namespace: NamespaceName
AWS::Route53::HostedZone: Name
AWS::S3::Bucket: BucketName BucketNamePrefix BucketNamespace
AWS::S3Express::DirectoryBucket: BucketName LocationName DataRedundancy
AWS::S3Tables::Table: TableBucketARN OpenTableFormat IcebergMetadata WithoutMetadata
    StorageClassConfiguration
AWS::S3Tables::TableBucket: TableBucketName
AWS::SageMaker::Domain: AuthMode DomainName DomainSettings KmsKeyId VpcId
AWS::SageMaker::FeatureGroup: FeatureGroupName RecordIdentifierFeatureName EventTimeFeatureName
    OnlineStoreConfig OfflineStoreConfig RoleArn Description Tags
AWS::SageMaker::NotebookInstance: KmsKeyId NotebookInstanceName SecurityGroupIds SubnetId
    DirectInternetAccess PlatformIdentifier
AWS::SecretsManager::Secret: Name
AWS::SNS::Topic: TopicName FifoTopic
AWS::SQS::Queue: QueueName FifoQueue
AWS::SSM::Parameter: Name
AWS::Timestream::Database: DatabaseName
AWS::Timestream::InfluxDBInstance: Name Username Password Organization Bucket VpcSubnetIds
    VpcSecurityGroupIds PubliclyAccessible NetworkType
AWS::Timestream::Table: DatabaseName TableName
AWS::WorkSpaces::Workspace: UserName DirectoryId BundleId VolumeEncryptionKey RootVolumeEncryptionEnabled
    UserVolumeEncryptionEnabled
"""


IMMUTABLE: dict[str, tuple[str, ...]] = {
    kind: tuple(properties.split())
    for kind, _, properties in (
        entry.partition(": ") for entry in re.split(r"\n(?! )", _IMMUTABLE_TEXT.strip())
    )
}
