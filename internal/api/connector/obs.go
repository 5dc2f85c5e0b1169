package connector

var (
	isOBS = is("linkConfig.storageType", "OBS")
	isOSS = is("linkConfig.storageType", "OSS")
)

// obs links Huawei Cloud OBS and Alibaba Cloud OSS. Source: spec/links.md §2.2.
var obs = &Connector{
	Name:    "obs-connector",
	Label:   Text{"Object storage (OBS, OSS)", "对象存储（OBS、OSS）"},
	Help:    Text{"Buckets of Huawei Cloud OBS or Alibaba Cloud OSS, reached with an access key.", "使用访问密钥访问的华为云 OBS 或阿里云 OSS 的桶。"},
	Variant: "linkConfig.storageType",
	Tiles: []Tile{
		{Slug: "obs", Label: Text{"Object Storage Service (OBS)", "对象存储服务 (OBS)"}, Group: ObjectStorage, Value: "OBS"},
		{Slug: "oss", Label: Text{"Alibaba Cloud OSS", "阿里云对象存储 (OSS)"}, Group: ObjectStorage, Value: "OSS"},
	},
	Inputs: []Input{
		{
			Name: "linkConfig.storageType", Kind: Enum, Required: true, Endpoint: true,
			Choices: []Choice{{Value: "OBS"}, {Value: "OSS"}},
			Label:   Text{"Storage type", "对象存储类型"},
			Help:    Text{"Which object store the buckets are in.", "桶所在的对象存储服务。"},
		},
		{
			Name: "linkConfig.server", Kind: Host, Required: true, Endpoint: true, When: []Term{isOBS},
			Example: "obs.cn-north-4.myhuaweicloud.com",
			Label:   Text{"OBS endpoint", "OBS 终端节点"},
			Help:    Text{"Host name of OBS in the region, or of one bucket, without scheme or port.", "OBS 在该区域的域名或某个桶的域名，不含协议和端口。"},
		},
		{
			Name: "linkConfig.port", Kind: Port, Required: true, Endpoint: true, Default: "443", When: []Term{isOBS},
			Label: portLabel,
			Help:  Text{"443 for HTTPS, 80 for HTTP.", "HTTPS 使用 443，HTTP 使用 80。"},
		},
		{
			Name: "linkConfig.ossEndpoint", Kind: URI, Required: true, Endpoint: true, When: []Term{isOSS},
			Schemes: []string{"https", "http"}, Example: "oss-cn-hangzhou.aliyuncs.com",
			Label: Text{"OSS endpoint", "OSS 终端节点"},
			Help:  Text{"Address of OSS in the region.", "OSS 在该区域的访问地址。"},
		},
		{
			Name: "linkConfig.ossAuthType", Kind: Enum, Required: true, Default: "ACCESS_KEY", When: []Term{isOSS},
			Choices: []Choice{
				{Value: "ACCESS_KEY", Label: Text{"Access key", "访问密钥"}},
				{Value: "STS", Label: Text{"Temporary credential (STS)", "临时凭证 (STS)"}},
			},
			Label: Text{"Authentication", "认证类型"},
			Help:  Text{"A lasting access key, or a temporary credential with a security token.", "长期访问密钥，或带安全令牌的临时凭证。"},
		},
		accessKey(),
		securityKey(),
		{
			Name: "linkConfig.securityToken", Kind: Password, Required: true, Secret: true, MaxLen: 4096,
			When:  []Term{is("linkConfig.ossAuthType", "STS")},
			Label: Text{"Security token", "安全令牌"},
			Help:  Text{"Token that came with the temporary credential; it is stored encrypted and never shown again.", "与临时凭证一同获取的令牌，加密保存，保存后不再显示。"},
		},
		{
			Name: "linkConfig.obsBucketType", Kind: Name, Advanced: true, MaxLen: 32, Example: "OB", When: []Term{isOBS},
			Label: Text{"Bucket type", "桶类型"},
			Help:  Text{"OB stands for object storage, the usual kind.", "通常为 OB，表示对象存储桶。"},
		},
		obsProperties(),
	},
}

func obsProperties() Input {
	in := properties([]Key{
		integer("connectionTimeout", "Milliseconds to wait for a connection.", "等待建立连接的时间，单位为毫秒。"),
		integer("socketTimeout", "Milliseconds to wait for data.", "等待数据的时间，单位为毫秒。"),
		integer("idleConnectionTime", "Milliseconds after which an idle connection is closed.", "空闲连接的关闭时间，单位为毫秒。"),
	}, isOBS)
	in.Help = Text{"Time-outs in milliseconds: connectionTimeout, socketTimeout and idleConnectionTime are supported.",
		"以毫秒为单位的超时设置，支持 connectionTimeout、socketTimeout 和 idleConnectionTime。"}
	return in
}
