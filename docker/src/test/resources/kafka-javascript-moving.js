// A producer and a consumer of @confluentinc/kafka-javascript that nobody touches; prints what was acknowledged and read.
const { Kafka, logLevel } = require('@confluentinc/kafka-javascript').KafkaJS;
const [bootstrap, topic] = process.argv.slice(2);
const kafka = new Kafka({ kafkaJS: { clientId: topic, brokers: bootstrap.split(','), logLevel: logLevel.NOTHING } });

async function write() {
  const producer = kafka.producer({ kafkaJS: { acks: -1 } });
  await producer.connect();
  for (let number = 0; ; number++) {
    const value = `v${number}`;
    try {
      const [at] = await producer.send({ topic, messages: [{ partition: number % 2, key: 'k', value }] });
      console.log(`${topic} acked ${at.partition} ${at.baseOffset} ${value}`);
    } catch (failure) {
      console.log(`${topic} failed ${value} ${failure}`);
    }
    await new Promise(done => setTimeout(done, 20));
  }
}

async function read() {
  const consumer = kafka.consumer({ kafkaJS: { groupId: topic, fromBeginning: true } });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic] });
  await consumer.run({ eachMessage: async ({ partition, message }) => console.log(`${topic} read ${partition} ${message.offset} ${message.value}`) });
}

write().catch(failure => console.log(topic, 'ended', failure));
read().catch(failure => console.log(topic, 'ended', failure));
