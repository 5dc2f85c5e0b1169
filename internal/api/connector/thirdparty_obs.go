package connector

var isKodoCOS = is("linkConfig.storageType", "KODO_COS")

// thirdPartyOBS links object stores of other clouds. Source: spec/links.md §2.3.
var thirdPartyOBS = &Connector{
	Name:    "thirdparty-obs-connector",
	Label:   Text{"Third-party object storage", "第三方对象存储"},
	Help:    Text{"Buckets of Qiniu KODO, Tencent COS or Amazon S3, reached with an access key.", "使用访问密钥访问的七牛云 KODO、腾讯云 COS 或亚马逊 S3 的桶。"},
	Variant: "linkConfig.storageType",
	Tiles: []Tile{
		{Slug: "s3", Label: Text{"Amazon S3", "亚马逊对象存储 (S3)"}, Group: ObjectStorage, Value: "S3"},
		{Slug: "kodo-cos", Label: Text{"Qiniu KODO / Tencent COS", "七牛云 KODO / 腾讯云 COS"}, Group: ObjectStorage, Value: "KODO_COS"},
	},
	Inputs: []Input{
		{
			Name: "linkConfig.storageType", Kind: Enum, Required: true, Endpoint: true,
			Choices: []Choice{
				{Value: "S3", Label: Text{"Amazon S3", "亚马逊 S3"}},
				{Value: "KODO_COS", Label: Text{"Qiniu KODO / Tencent COS", "七牛云 KODO / 腾讯云 COS"}},
			},
			Label: Text{"Storage type", "对象存储类型"},
			Help:  Text{"Which object store the buckets are in.", "桶所在的对象存储服务。"},
		},
		{
			Name: "linkConfig.zone", Kind: Name, Required: true, Endpoint: true, MaxLen: 64, Example: "z1",
			When:  []Term{isKodoCOS},
			Label: Text{"Storage region", "存储区域"},
			Help:  Text{"Code of the region that the buckets are in.", "桶所在存储区域的代码。"},
		},
		accessKey(),
		securityKey(),
		{
			Name: "linkConfig.useCustomDomain", Kind: Bool, Advanced: true, Default: "false", When: []Term{isKodoCOS},
			Label: Text{"Prefer the custom domain", "优先使用自定义域名"},
			Help:  Text{"Reads through the domain that is bound to the bucket, if there is one.", "桶绑定了自定义域名时，优先通过该域名读取。"},
		},
	},
}
