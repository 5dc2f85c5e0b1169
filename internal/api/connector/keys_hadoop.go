package connector

import "slices"

// The properties of Hadoop's clients. Left out on purpose: whatever names a
// class (fs.*.impl, providers, codecs, interceptors, hooks) or a file
// (hadoop.security.credential.provider.path, local folders, sockets), another
// server (nameservices, key providers, OBS end points) or an identity
// (principals and their patterns, authentication methods, proxy users).

// hadoopKeys are of every Hadoop client.
var hadoopKeys = []Key{
	defaultFS(),
	integer("ipc.client.connect.timeout", "Milliseconds to wait for a connection.", "等待建立连接的时间，单位为毫秒。"),
	integer("ipc.client.connect.max.retries", "How often a refused connection is tried again.", "连接被拒绝后的重试次数。"),
	integer("ipc.client.connect.max.retries.on.timeouts", "How often a connection is tried again after a time-out.", "连接超时后的重试次数。"),
	integer("ipc.client.rpc-timeout.ms", "Milliseconds to wait for an answer.", "等待响应的时间，单位为毫秒。"),
	integer("ipc.ping.interval", "Milliseconds between two probes of a waiting connection.", "等待响应期间的探测间隔，单位为毫秒。"),
	integer("io.file.buffer.size", "Bytes that are read or written at a time.", "每次读写的字节数。"),
	oneOf("hadoop.rpc.protection", "How calls are protected; it must be what the cluster uses.", "RPC 的保护级别，须与集群一致。", "authentication", "integrity", "privacy"),
	oneOf("dfs.data.transfer.protection", "How data is protected; it must be what the cluster uses.", "数据传输的保护级别，须与集群一致。", "authentication", "integrity", "privacy"),
	flag("dfs.encrypt.data.transfer", "Encrypts data as the cluster does.", "按集群设置加密数据传输。"),
	flag("dfs.client.use.datanode.hostname", "Reaches DataNodes by name instead of address.", "使用主机名而非 IP 地址访问 DataNode。"),
	integer("dfs.client.socket-timeout", "Milliseconds to wait for a DataNode.", "等待 DataNode 的时间，单位为毫秒。"),
}

// hdfsKeys are of the HDFS client.
var hdfsKeys = slices.Concat(hadoopKeys, []Key{
	integer("dfs.datanode.socket.write.timeout", "Milliseconds to wait for a DataNode that is written to.", "写入 DataNode 的超时时间，单位为毫秒。"),
	integer("dfs.replication", "How many copies are kept of what is written.", "写入文件的副本数。").within(1, 512),
	integer("dfs.blocksize", "Bytes of a block of files that are written.", "写入文件的块大小，单位为字节。"),
	integer("dfs.client.retry.max.attempts", "How often a call is tried again.", "调用失败后的重试次数。"),
	integer("dfs.client.failover.max.attempts", "How often the other NameNode is tried.", "NameNode 切换的最大尝试次数。"),
	integer("dfs.client.block.write.retries", "How often a block is written again.", "写入数据块失败后的重试次数。"),
	integer("dfs.client.block.write.locateFollowingBlock.retries", "How often the next block is asked for again.", "申请后续数据块失败后的重试次数。"),
	flag("dfs.client.block.write.replace-datanode-on-failure.enable", "Replaces a DataNode that fails while it is written to.", "写入时替换故障的 DataNode。"),
	oneOf("dfs.client.block.write.replace-datanode-on-failure.policy", "When a DataNode that fails is replaced.", "替换故障 DataNode 的策略。", "DEFAULT", "ALWAYS", "NEVER"),
	flag("dfs.client.block.write.replace-datanode-on-failure.best-effort", "Goes on where no DataNode can take its place.", "无可替换的 DataNode 时继续写入。"),
	oneOf("dfs.checksum.type", "Kind of checksum of what is written.", "写入数据的校验和类型。", "CRC32C", "CRC32"),
})

// hbaseKeys are of the HBase client.
var hbaseKeys = slices.Concat([]Key{
	integer("hbase.rpc.timeout", "Milliseconds to wait for an answer.", "等待响应的时间，单位为毫秒。"),
	integer("hbase.client.operation.timeout", "Milliseconds that an operation may take with all its tries.", "单次操作（含重试）的最长时间，单位为毫秒。"),
	integer("hbase.client.meta.operation.timeout", "Milliseconds that a look into the meta table may take.", "访问元数据表的最长时间，单位为毫秒。"),
	integer("hbase.client.scanner.timeout.period", "Milliseconds after which an idle scan ends.", "空闲扫描的超时时间，单位为毫秒。"),
	integer("hbase.client.scanner.caching", "How many rows a scan reads at a time.", "扫描时每次读取的行数。"),
	integer("hbase.client.scanner.max.result.size", "Bytes that a scan reads at a time.", "扫描时每次读取的最大字节数。"),
	integer("hbase.client.retries.number", "How often an operation is tried again.", "操作失败后的重试次数。"),
	integer("hbase.client.pause", "Milliseconds between two tries.", "两次重试的间隔，单位为毫秒。"),
	integer("hbase.client.write.buffer", "Bytes of changes that are sent at a time.", "写缓冲区大小，单位为字节。"),
	integer("hbase.client.keyvalue.maxsize", "Largest cell in bytes.", "单元格的最大长度，单位为字节。"),
	integer("hbase.client.max.perserver.tasks", "How many calls a server gets at a time.", "单个服务器的最大并发任务数。"),
	integer("hbase.client.max.total.tasks", "How many calls run at a time.", "客户端的最大并发任务数。"),
	oneOf("hbase.rpc.protection", "How calls are protected; it must be what the cluster uses.", "RPC 的保护级别，须与集群一致。", "authentication", "integrity", "privacy"),
	integer("zookeeper.session.timeout", "Milliseconds after which ZooKeeper ends a session.", "ZooKeeper 会话的超时时间，单位为毫秒。"),
	integer("zookeeper.recovery.retry", "How often ZooKeeper is tried again.", "ZooKeeper 操作的重试次数。"),
	words("zookeeper.znode.parent", "Node of ZooKeeper that belongs to HBase, such as /hbase.", "HBase 在 ZooKeeper 中的根节点，例如 /hbase。"),
}, hadoopKeys)

// hiveKeys are of the Hive client.
var hiveKeys = slices.Concat([]Key{
	oneOf("hive.storeFormat", "Format of tables that are created.", "建表时使用的存储格式。", "textfile", "orc", "parquet", "sequencefile", "rcfile", "avro"),
	integer("connectTimeout", "Milliseconds to wait for a connection.", "等待建立连接的时间，单位为毫秒。"),
	integer("socketTimeout", "Milliseconds to wait for data.", "等待数据的时间，单位为毫秒。"),
	integer("hive.server2.idle.operation.timeout", "Milliseconds after which an idle operation ends.", "空闲操作的超时时间，单位为毫秒。"),
	integer("hive.server2.idle.session.timeout", "Milliseconds after which an idle session ends.", "空闲会话的超时时间，单位为毫秒。"),
	integer("hive.metastore.client.socket.timeout", "Seconds to wait for the metastore.", "等待 Metastore 响应的时间，单位为秒。"),
	integer("hive.metastore.connect.retries", "How often the metastore is tried again.", "连接 Metastore 的重试次数。"),
	integer("hive.metastore.failure.retries", "How often a call of the metastore is tried again.", "调用 Metastore 失败后的重试次数。"),
	flag("hive.exec.dynamic.partition", "Creates partitions as rows need them.", "启用动态分区。"),
	oneOf("hive.exec.dynamic.partition.mode", "Whether one partition must be named.", "动态分区模式。", "strict", "nonstrict"),
	integer("hive.exec.max.dynamic.partitions", "How many partitions may be created in all.", "可创建的动态分区总数上限。"),
	integer("hive.exec.max.dynamic.partitions.pernode", "How many partitions each node may create.", "每个节点可创建的动态分区数上限。"),
	oneOf("hive.execution.engine", "Engine that runs statements.", "执行语句的引擎。", "mr", "tez", "spark"),
	words("mapreduce.job.queuename", "Queue that MapReduce jobs are put in.", "MapReduce 作业使用的队列。"),
	words("tez.queue.name", "Queue that Tez jobs are put in.", "Tez 作业使用的队列。"),
	flag("hive.exec.parallel", "Runs independent stages at the same time.", "并行执行互不依赖的阶段。"),
	flag("hive.exec.compress.output", "Compresses what is written.", "压缩输出数据。"),
	flag("hive.merge.mapfiles", "Merges small files after map-only jobs.", "仅 Map 的作业结束后合并小文件。"),
	flag("hive.merge.mapredfiles", "Merges small files after jobs that reduce.", "MapReduce 作业结束后合并小文件。"),
	oneOf("parquet.compression", "How Parquet files are compressed.", "Parquet 文件的压缩方式。", "UNCOMPRESSED", "SNAPPY", "GZIP", "ZSTD"),
	oneOf("orc.compress", "How ORC files are compressed.", "ORC 文件的压缩方式。", "NONE", "ZLIB", "SNAPPY", "ZSTD"),
}, hadoopKeys)

func defaultFS() Key {
	return Key{
		Name: "fs.defaultFS", Kind: URI, Schemes: []string{"hdfs", "viewfs", "obs"},
		Help: Text{"File system that paths belong to, such as obs://bucket.", "路径所属的默认文件系统，例如 obs://bucket。"},
	}
}
