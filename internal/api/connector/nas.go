package connector

var nasSignsIn = not(is("linkConfig.protocol", "NFS"))

// nas links network shares. Source: spec/links.md §2.11; NFS has no user names
// or passwords, so they are not asked for there.
var nas = &Connector{
	Name:  "nas-connector",
	Label: both("NAS / SFS"),
	Help:  Text{"Files on a network share or on the Scalable File Service (SFS).", "网络共享目录或弹性文件服务 (SFS) 上的文件。"},
	Tiles: []Tile{{Slug: "nas", Label: both("NAS / SFS"), Group: FileSystem}},
	Inputs: []Input{
		{
			Name: "linkConfig.protocol", Kind: Enum, Required: true, Endpoint: true, Default: "SMB",
			Choices: []Choice{{Value: "SMB"}, {Value: "CIFS"}, {Value: "NFS"}},
			Label:   Text{"Protocol", "协议类型"},
			Help:    Text{"Protocol that the server speaks.", "文件服务器使用的协议。"},
		},
		{
			Name: "linkConfig.server", Kind: Share, Required: true, Endpoint: true, Example: `\\nas.example.com\share`,
			Label: Text{"Share", "共享路径"},
			Help:  Text{`Path of the share: \\host\share for SMB and CIFS, host:/path for NFS.`, `共享目录的路径：SMB 和 CIFS 为 \\主机\共享名，NFS 为 主机:/路径。`},
		},
		userName("linkConfig.username", nasSignsIn),
		password(nasSignsIn),
	},
}
