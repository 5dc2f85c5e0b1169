package connector

// Inputs that the Hadoop connectors (hdfs, hbase, hive, kafka) share. The terms
// say where one applies. Source: spec/links.md §2.4–2.7, §2.12. Cluster
// configurations travel in extended-configs and are not inputs.

// The Hadoop distributions, as the wire spells them.
const (
	mrs           = "MRS"
	fusionInsight = "FusionInsight HD"
	apacheHadoop  = "Apache Hadoop"
)

var distributions = []Choice{
	{Value: mrs, Label: Text{"MapReduce Service (MRS)", "MapReduce 服务 (MRS)"}},
	{Value: fusionInsight},
	{Value: apacheHadoop},
}

func hadoopType() Input {
	return Input{
		Name: "linkConfig.hadoopType", Kind: Enum, Required: true, Endpoint: true, Choices: distributions,
		Label: Text{"Hadoop type", "Hadoop 类型"},
		Help:  Text{"Distribution that the cluster runs.", "集群所用的 Hadoop 发行版。"},
	}
}

func managerHost(when ...Term) Input {
	return Input{
		Name: "linkConfig.host", Kind: Host, Required: true, Endpoint: true, When: when, Example: "10.0.0.10",
		Label: Text{"Manager address", "Manager 地址"},
		Help:  Text{"Name or IP address of the cluster's Manager, without scheme or port.", "集群 Manager 的域名或 IP 地址，不含协议和端口。"},
	}
}

func managerPort(when ...Term) Input {
	return Input{
		Name: "linkConfig.port", Kind: Port, Required: true, Endpoint: true, When: when, Default: "28443",
		Label: Text{"Manager port", "Manager 端口"},
		Help:  Text{"Port on which the Manager listens.", "Manager 监听的端口。"},
	}
}

func casPort(when ...Term) Input {
	return Input{
		Name: "linkConfig.casPort", Kind: Port, Required: true, Endpoint: true, When: when, Default: "20009",
		Label: Text{"CAS server port", "CAS Server 端口"},
		Help:  Text{"Port of the CAS server, which signs users in to the Manager.", "负责 Manager 登录认证的 CAS Server 的端口。"},
	}
}

func managerUser(when ...Term) Input {
	in := userName("linkConfig.user", when...)
	in.Help = Text{"Account of the Manager that the link signs in with.", "连接时登录 Manager 所用的账号。"}
	return in
}

func authType(when ...Term) Input {
	return Input{
		Name: "linkConfig.authType", Kind: Enum, When: when, Default: "SIMPLE",
		Choices: []Choice{
			{Value: "SIMPLE", Label: Text{"Simple", "Simple（非安全模式）"}},
			{Value: "KERBEROS", Label: Text{"Kerberos", "Kerberos（安全模式）"}},
		},
		Label: Text{"Authentication", "认证类型"},
		Help:  Text{"Kerberos for clusters in security mode, simple for all others.", "安全模式的集群选择 Kerberos，其他集群选择 Simple。"},
	}
}

var kerberos = is("linkConfig.authType", "KERBEROS")

func principal(when ...Term) Input {
	return Input{
		Name: "linkConfig.principal", Kind: String, Required: true, Endpoint: true, MaxLen: 256, When: when,
		Example: "loader@EXAMPLE.COM",
		Label:   Text{"Kerberos principal", "Kerberos Principal"},
		Help:    Text{"Principal that the keytab belongs to.", "Keytab 文件所属的 Principal。"},
	}
}

func keytab(when ...Term) Input {
	return Input{
		Name: "linkConfig.keytab", Kind: File, Required: true, Secret: true, When: when,
		Label: Text{"Keytab file", "Keytab 文件"},
		Help:  Text{"Keytab of the principal, at most 64 KiB; it is stored encrypted and never shown again.", "该 Principal 的 Keytab 文件，不超过 64 KiB，加密保存，保存后不再显示。"},
	}
}

func nameNodeURI(when ...Term) Input {
	return Input{
		Name: "linkConfig.uri", Kind: URI, Required: true, Endpoint: true, When: when,
		Schemes: []string{"hdfs", "viewfs"}, Example: "hdfs://10.0.0.1:8020",
		Label: both("NameNode URI"),
		Help:  Text{"Address of the NameNode, or the name of the HDFS service.", "NameNode 的地址，或 HDFS 服务的名称。"},
	}
}

func runMode(when ...Term) Input {
	return Input{
		Name: "linkConfig.runMode", Kind: Enum, Advanced: true, When: when, Default: "EMBEDDED",
		Choices: []Choice{
			{Value: "EMBEDDED", Label: Text{"Embedded", "嵌入模式 (EMBEDDED)"}},
			{Value: "STANDALONE", Label: Text{"Stand-alone", "独立进程 (STANDALONE)"}},
		},
		Label: Text{"Run mode", "运行模式"},
		Help:  Text{"Stand-alone runs the link in a process of its own, for clusters whose versions clash.", "独立进程模式在单独的进程中运行连接，用于避免多个集群之间的版本冲突。"},
	}
}
