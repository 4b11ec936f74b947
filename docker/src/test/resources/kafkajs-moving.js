// A producer and a consumer of kafkajs that nobody touches; prints what was acknowledged and read.
const { Kafka, logLevel } = require('kafkajs');
const [bootstrap, topic] = process.argv.slice(2);
const kafka = new Kafka({ clientId: 'js', brokers: bootstrap.split(','), logLevel: logLevel.NOTHING });

async function write() {
  const producer = kafka.producer();
  await producer.connect();
  for (let number = 0; ; number++) {
    const value = `v${number}`;
    try {
      const [at] = await producer.send({ topic, acks: -1, messages: [{ partition: number % 2, key: 'k', value }] });
      console.log(`js acked ${at.partition} ${at.baseOffset} ${value}`);
    } catch (failure) {
      console.log(`js failed ${value} ${failure}`);
    }
    await new Promise(done => setTimeout(done, 20));
  }
}

async function read() {
  const consumer = kafka.consumer({ groupId: topic });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({ eachMessage: async ({ partition, message }) => console.log(`js read ${partition} ${message.offset} ${message.value}`) });
}

write().catch(failure => console.log('js ended', failure));
read().catch(failure => console.log('js ended', failure));
