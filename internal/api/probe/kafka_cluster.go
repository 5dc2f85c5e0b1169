package probe

import (
	"context"
	"errors"
	"net"
	"slices"
	"strconv"

	"github.com/twmb/franz-go/pkg/kmsg"

	"switchboard/internal/api"
)

// kafkaCluster takes the steps for which one must be signed in: it connects to
// the brokers and counts the topics. A broker that wants a sign-in hangs up on
// who begins without.
func (a *attempt) kafkaCluster(ctx context.Context, c *kafkaConn, way kafkaWay) error {
	a.enter(api.StepCluster)
	err := a.kafkaBrokers(ctx, c)
	if dropped(err) && !way.sasl {
		return fault("kafka.sasl_wanted", way.path)
	}
	if err != nil {
		return err
	}
	a.enter(api.StepRead)
	return a.kafkaTopics(c, way)
}

// kafkaBrokers connects to every broker at the address that clients are told
// to use, which is not always one that they can: the trap of
// advertised.listeners.
func (a *attempt) kafkaBrokers(ctx context.Context, c *kafkaConn) error {
	req := kmsg.NewPtrMetadataRequest()
	req.Topics = []kmsg.MetadataRequestTopic{} // none: nil would be all
	answer, err := c.ask(req)
	if err != nil {
		return err
	}
	metadata, _ := answer.(*kmsg.MetadataResponse)
	var ats []endpoint
	for _, broker := range metadata.Brokers {
		at, err := readEndpoint(net.JoinHostPort(broker.Host, strconv.Itoa(int(broker.Port))), pathKafkaBrokers)
		if err != nil {
			return errKafka
		}
		ats = append(ats, at)
	}
	if len(ats) == 0 {
		return errKafka
	}
	lost, all, err := a.reachAll(ctx, ats)
	switch {
	case err != nil || len(lost) == 0:
		return err
	case all:
		return a.naming(lost, fault("kafka.lost_all", pathKafkaBrokers))
	}
	a.warn(a.naming(lost, fault("kafka.lost_some", pathKafkaBrokers)))
	return nil
}

// kafkaTopics counts the topics that the user may see. A list that is too long
// for a check is not counted; nothing is asked after it on this connection.
func (a *attempt) kafkaTopics(c *kafkaConn, way kafkaWay) error {
	req := kmsg.NewPtrMetadataRequest() // of all topics
	answer, err := c.ask(req)
	if errors.Is(err, errTooMuch) {
		a.found("> " + strconv.Itoa(maxKafkaAnswer>>10) + " KiB")
		return nil
	}
	if err != nil {
		return err
	}
	metadata, _ := answer.(*kmsg.MetadataResponse)
	topics := slices.DeleteFunc(metadata.Topics, func(t kmsg.MetadataResponseTopic) bool { return t.IsInternal })
	a.found(strconv.Itoa(len(topics)))
	if len(topics) == 0 {
		a.warn(fault("kafka.no_topics", way.user))
	}
	return nil
}
