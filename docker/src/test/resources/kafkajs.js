// A producer, two consumers of one group and the admin of kafkajs; says "ok" when all of it held.
const { Kafka, logLevel } = require('kafkajs');
const [bootstrap, topic, group] = process.argv.slice(2);
const kafka = new Kafka({ clientId: 'js', brokers: [bootstrap], logLevel: logLevel.ERROR });
const wanted = 40;

async function main() {
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: 2 }], waitForLeaders: true });

  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  const messages = [...Array(wanted).keys()].map(n => ({ key: `k${n}`, value: `v${n}`, headers: { n: `${n}` } }));
  await producer.send({ topic, acks: -1, messages });
  await producer.disconnect();

  const seen = new Set();
  const joined = [];
  const consumers = [0, 1].map(() => kafka.consumer({ groupId: group, sessionTimeout: 10000, heartbeatInterval: 300 }));
  for (const consumer of consumers) {
    consumer.on(consumer.events.GROUP_JOIN, event => joined.push(event.payload));
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({ eachMessage: async ({ message }) => {
      if (`${message.headers.n}` !== `${message.value}`.slice(1)) throw new Error('headers are lost');
      seen.add(`${message.value}`);
    } });
  }
  const shared = () => joined.slice(-2).length === 2
    && joined.slice(-2).every(each => each.memberAssignment[topic] && each.memberAssignment[topic].length === 1);
  while (seen.size < wanted || !shared()) await new Promise(done => setTimeout(done, 50));
  const described = await admin.describeGroups([group]);
  if (described.groups[0].state !== 'Stable' || described.groups[0].members.length !== 2) throw new Error(JSON.stringify(described));
  for (const consumer of consumers) await consumer.disconnect();

  const committed = (await admin.fetchOffsets({ groupId: group, topics: [topic] }))[0].partitions;
  const sum = committed.reduce((total, each) => total + Number(each.offset), 0);
  if (sum !== wanted) throw new Error(`${sum} are committed of ${wanted}`);
  await admin.deleteGroups([group]);
  await admin.disconnect();
  console.log('ok');
}

main().catch(failure => { console.log(failure); process.exit(1); });
