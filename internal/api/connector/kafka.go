package connector

const apacheKafka = "Apache Kafka"

var kafkaMRS = is("linkConfig.hadoopType", mrs)

// kafka links Kafka clusters of MRS and Apache Kafka. Source: spec/links.md
// §2.12: older clients send the broker list alone, which means Apache Kafka.
var kafka = &Connector{
	Name:    "kafka-connector",
	Label:   both("Kafka"),
	Help:    Text{"Topics of a Kafka cluster.", "Kafka 集群中的主题。"},
	Variant: "linkConfig.hadoopType",
	Tiles: []Tile{
		{Slug: "mrs-kafka", Label: both("MRS Kafka"), Group: Messaging, Value: mrs},
		{Slug: "apache-kafka", Label: both("Apache Kafka"), Group: Messaging, Value: apacheKafka},
	},
	Inputs: []Input{
		{
			Name: "linkConfig.hadoopType", Kind: Enum, Endpoint: true, Default: apacheKafka,
			Choices: []Choice{distributions[0], {Value: apacheKafka}},
			Label:   Text{"Kafka type", "Kafka 类型"},
			Help:    Text{"Whether MRS manages the cluster.", "集群由 MRS 管理，还是自建的 Apache Kafka。"},
		},
		brokerList(is("linkConfig.hadoopType", apacheKafka)),
		managerHost(kafkaMRS),
		kafkaAuthType(),
		managerUser(kafkaMRS),
		password(kafkaMRS),
		properties(kafkaKeys),
	},
}

func kafkaAuthType() Input {
	in := authType(kafkaMRS)
	in.Required = true
	return in
}
