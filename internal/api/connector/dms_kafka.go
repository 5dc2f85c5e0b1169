package connector

var (
	dmsBasic    = is("linkConfig.kafkaType", "Basic")
	dmsPlatinum = is("linkConfig.kafkaType", "Platinum")
	dmsSASL     = is("linkConfig.isPlatinumInstance", "true")
)

// dmsKafka links the Distributed Message Service for Kafka. Source:
// spec/links.md §2.18: two generations, told apart by kafkaType.
var dmsKafka = &Connector{
	Name:    "dms-kafka-connector",
	Label:   both("DMS Kafka"),
	Help:    Text{"Topics of the Distributed Message Service (DMS) for Kafka.", "分布式消息服务 Kafka 版 (DMS Kafka) 中的主题。"},
	Variant: "linkConfig.kafkaType",
	Tiles: []Tile{
		{Slug: "dms-kafka", Label: both("DMS Kafka"), Group: Messaging, Value: "Platinum"},
		{Slug: "dms-kafka-basic", Label: Text{"DMS Kafka (Basic)", "DMS Kafka（基础版）"}, Group: Messaging, Value: "Basic"},
	},
	Inputs: []Input{
		{
			Name: "linkConfig.kafkaType", Kind: Enum, Required: true, Endpoint: true,
			Choices: []Choice{
				{Value: "Platinum", Label: Text{"Platinum", "专享版 (Platinum)"}},
				{Value: "Basic", Label: Text{"Basic", "基础版 (Basic)"}},
			},
			Label: Text{"Kafka type", "Kafka 类型"},
			Help:  Text{"Generation of the instance; the cloud now offers Platinum only.", "实例的类型，目前云服务仅提供专享版。"},
		},
		brokerList(dmsPlatinum),
		{
			Name: "linkConfig.isPlatinumInstance", Kind: Bool, Required: true, Default: "false", When: []Term{dmsPlatinum},
			Label: Text{"Sign in with SASL_SSL", "Kafka SASL_SSL"},
			Help:  Text{"Whether the instance asks for a user name and a password.", "实例是否开启 SASL_SSL，开启后须提供用户名和密码。"},
		},
		userName("linkConfig.user", dmsSASL),
		password(dmsSASL),
		{
			Name: "linkConfig.endpoint", Kind: HostPort, Required: true, Endpoint: true, When: []Term{dmsBasic},
			Example: "dms-kafka.cn-north-1.myhuaweicloud.com:37003",
			Label:   Text{"DMS endpoint", "DMS 终端节点"},
			Help:    Text{"Address of DMS as host:port.", "DMS 的地址，格式为“主机:端口”。"},
		},
		ak(dmsBasic),
		sk(dmsBasic),
		projectID(dmsBasic),
		{
			Name: "linkConfig.targetProjectId", Kind: Name, MaxLen: 64, Advanced: true, When: []Term{dmsBasic},
			Label: Text{"Granting project ID", "授权方项目 ID"},
			Help:  Text{"ID of the project that granted access to its queues, if it is another one.", "由其他项目授权访问队列时，填写授权方的项目 ID。"},
		},
	},
}
