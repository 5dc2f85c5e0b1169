package connector

// hdfs links the Hadoop file system. Source: spec/links.md §2.4.
var hdfs = &Connector{
	Name:    "hdfs-connector",
	Label:   both("HDFS"),
	Help:    Text{"The file system of a Hadoop cluster.", "Hadoop 集群的文件系统。"},
	Variant: "linkConfig.hadoopType",
	Tiles: []Tile{
		{Slug: "mrs-hdfs", Label: both("MRS HDFS"), Group: Hadoop, Value: mrs},
		{Slug: "fusioninsight-hdfs", Label: both("FusionInsight HDFS"), Group: Hadoop, Value: fusionInsight},
		{Slug: "apache-hdfs", Label: both("Apache HDFS"), Group: Hadoop, Value: apacheHadoop},
	},
	Inputs: []Input{
		hadoopType(),
		managerHost(is("linkConfig.hadoopType", mrs, fusionInsight)),
		managerPort(is("linkConfig.hadoopType", fusionInsight)),
		casPort(is("linkConfig.hadoopType", fusionInsight)),
		nameNodeURI(is("linkConfig.hadoopType", apacheHadoop)),
		authType(),
		managerUser(is("linkConfig.hadoopType", mrs, fusionInsight), kerberos),
		password(is("linkConfig.hadoopType", mrs, fusionInsight), kerberos),
		principal(is("linkConfig.hadoopType", apacheHadoop), kerberos),
		keytab(is("linkConfig.hadoopType", apacheHadoop), kerberos),
		runMode(),
		properties(hdfsKeys),
	},
}
