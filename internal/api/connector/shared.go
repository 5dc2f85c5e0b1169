package connector

// Inputs that are the same in several connectors. The terms say where one
// applies.

func userName(path string, when ...Term) Input {
	return Input{
		Name: path, Kind: Name, Required: true, Endpoint: true, MaxLen: 128, When: when,
		Label: Text{"User name", "用户名"},
		Help:  Text{"Account that the link signs in with.", "连接时登录所用的账号。"},
	}
}

func password(when ...Term) Input {
	return Input{
		Name: "linkConfig.password", Kind: Password, Required: true, Secret: true, MaxLen: 128, When: when,
		Label: Text{"Password", "密码"},
		Help:  Text{"Password of that account; it is stored encrypted and never shown again.", "该账号的密码，加密保存，保存后不再显示。"},
	}
}

func accessKey(when ...Term) Input { return accessKeyAt("linkConfig.accessKey", when) }

func securityKey(when ...Term) Input { return secretKeyAt("linkConfig.securityKey", when) }

func ak(when ...Term) Input { return accessKeyAt("linkConfig.ak", when) }

func sk(when ...Term) Input { return secretKeyAt("linkConfig.sk", when) }

func accessKeyAt(path string, when []Term) Input {
	return Input{
		Name: path, Kind: Name, Required: true, Endpoint: true, MaxLen: 256, When: when,
		Label: Text{"Access key (AK)", "访问密钥 ID (AK)"},
		Help:  Text{"Identifier of the access key; it is not secret.", "访问密钥的 ID，不属于敏感信息。"},
	}
}

func secretKeyAt(path string, when []Term) Input {
	return Input{
		Name: path, Kind: Password, Required: true, Secret: true, MaxLen: 256, When: when,
		Label: Text{"Secret key (SK)", "秘密访问密钥 (SK)"},
		Help:  Text{"Secret half of the access key; it is stored encrypted and never shown again.", "与 AK 配对的密钥，加密保存，保存后不再显示。"},
	}
}

func region() Input {
	return Input{
		Name: "linkConfig.region", Kind: Name, Endpoint: true, MaxLen: 64, Example: "cn-north-4",
		Label: Text{"Region", "区域"},
		Help:  Text{"Region in which the service runs.", "服务所在的区域。"},
	}
}

func projectID(when ...Term) Input {
	return Input{
		Name: "linkConfig.projectId", Kind: Name, Required: true, MaxLen: 64, When: when,
		Label: Text{"Project ID", "项目 ID"},
		Help:  Text{"ID of the cloud project that owns the resource.", "资源所属云项目的 ID。"},
	}
}

func serverList(path, example string) Input {
	return Input{
		Name: path, Kind: HostList, Required: true, Endpoint: true, Separator: ";", Example: example,
		Label: Text{"Servers", "服务器列表"},
		Help:  Text{"Servers as host:port, separated by semicolons.", "服务器地址，格式为“主机:端口”，多个地址以分号分隔。"},
	}
}

func brokerList(when ...Term) Input {
	return Input{
		Name: "linkConfig.brokerList", Kind: HostList, Required: true, Endpoint: true, Separator: ",", When: when,
		Example: "10.0.0.1:9092,10.0.0.2:9092",
		Label:   Text{"Brokers", "Broker 列表"},
		Help:    Text{"Kafka brokers as host:port, separated by commas.", "Kafka Broker 地址，格式为“主机:端口”，多个地址以逗号分隔。"},
	}
}

func properties(keys []Key, when ...Term) Input {
	return Input{
		Name: "linkConfig.properties", Kind: Map, Advanced: true, Keys: keys, When: when,
		Label: Text{"Client properties", "客户端属性"},
		Help:  Text{"Extra settings of the client as names and values; the field offers those that are allowed.", "客户端的附加配置项（名称和值）；输入名称时会列出支持的配置项。"},
	}
}

// fileServer lists the inputs of FTP and SFTP (spec/links.md §2.8); the lengths
// are the documented ones.
func fileServer(port string) []Input {
	user, pass := userName("linkConfig.username"), password()
	user.MaxLen, pass.MaxLen = 32, 32
	return []Input{
		{
			Name: "linkConfig.server", Kind: Host, Required: true, Endpoint: true, MaxLen: 128, Example: "files.example.com",
			Label: serverLabel,
			Help:  hostHelp,
		},
		{
			Name: "linkConfig.port", Kind: Port, Required: true, Endpoint: true, Default: port,
			Label: portLabel,
			Help:  portHelp,
		},
		user,
		pass,
	}
}

// Texts that several inputs share.
var (
	serverLabel = Text{"Server", "服务器"}
	hostHelp    = Text{"Name or IP address of the server, without scheme or port.", "服务器的域名或 IP 地址，不含协议和端口。"}
	portLabel   = Text{"Port", "端口"}
	portHelp    = Text{"Port on which the server listens.", "服务器监听的端口。"}
)
