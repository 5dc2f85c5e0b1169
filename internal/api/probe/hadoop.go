package probe

// hadoopSystems are HDFS, HBase, CloudTable and Hive.
var hadoopSystems = []*system{}
