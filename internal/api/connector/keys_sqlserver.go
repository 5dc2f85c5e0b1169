package connector

// sqlServerKeys are of Microsoft's JDBC driver. Left out on purpose:
// trustServerCertificate, trustStore and keyStore settings,
// socketFactoryClass, authentication settings, serverName, instanceName and
// failoverPartner, hostNameInCertificate, columnEncryptionSetting.
var sqlServerKeys = []Key{
	integer("loginTimeout", "Seconds to wait for the sign-in.", "等待登录完成的时间，单位为秒。"),
	integer("socketTimeout", "Milliseconds to wait for data.", "等待数据的时间，单位为毫秒。"),
	integer("queryTimeout", "Seconds that a statement may take; -1 has no limit.", "语句执行的最长时间，单位为秒，-1 表示不限制。").within(-1, 0),
	integer("cancelQueryTimeout", "Seconds to wait until a statement is cancelled.", "等待取消语句的时间，单位为秒。").within(-1, 0),
	integer("lockTimeout", "Milliseconds to wait for a lock; -1 has no limit.", "等待锁的时间，单位为毫秒，-1 表示不限制。").within(-1, 0),
	words("applicationName", "Name under which the server lists the connection.", "服务器上显示的应用程序名称。"),
	words("workstationID", "Name of the computer that the server lists.", "服务器上显示的工作站名称。"),
	oneOf("applicationIntent", "Whether the link only reads.", "连接是否只用于读取。", "ReadOnly", "ReadWrite"),
	oneOf("responseBuffering", "Whether results are read in portions or as a whole.", "结果的缓冲方式：分批或完整读取。", "adaptive", "full"),
	oneOf("selectMethod", "Whether results are read through a cursor.", "是否通过游标读取结果。", "direct", "cursor"),
	integer("packetSize", "Largest message in bytes; -1 is the server's own.", "单个报文的最大长度，单位为字节，-1 表示使用服务器的设置。").within(-1, 32767),
	flag("sendStringParametersAsUnicode", "Sends text in Unicode.", "使用 Unicode 发送文本参数。"),
	flag("sendTimeAsDatetime", "Sends times as datetime.", "将时间作为 datetime 发送。"),
	flag("useBulkCopyForBatchInsert", "Writes batches by bulk copy.", "使用批量复制方式写入。"),
	flag("multiSubnetFailover", "Tries all addresses of an availability group at once.", "同时尝试可用性组的所有地址。"),
	integer("connectRetryCount", "How often it is tried to connect again.", "重新连接的次数。").within(0, 255),
	integer("connectRetryInterval", "Seconds between two tries.", "重新连接的间隔，单位为秒。").within(1, 60),
	flag("disableStatementPooling", "Does not keep prepared statements.", "不缓存预编译语句。"),
	integer("statementPoolingCacheSize", "How many prepared statements are kept.", "缓存的预编译语句数量。"),
	flag("enablePrepareOnFirstPreparedStatementCall", "Prepares a statement when it is first run.", "首次执行时即预编译语句。"),
	flag("lastUpdateCount", "Returns the last count of changed rows only.", "仅返回最后一次修改的行数。"),
	flag("xopenStates", "Reports errors with X/Open codes.", "使用 X/Open 状态码报告错误。"),
}
