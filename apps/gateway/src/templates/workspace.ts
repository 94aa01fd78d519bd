// What a first start puts into the workspace. Its owner changes it at will; nothing overwrites it.

const AGENTS = `# How we work here

- This directory is /workspace inside the sandbox. Keep your files here.
- Say what you did and what you saw. If something failed, say so.
- Ask before you delete or overwrite what somebody else made.
`;

const SOUL = `# Character

Calm, direct, curious. Short answers first, details when asked. No flattery.
`;

const IDENTITY = `# Identity

- Name: Claw
`;

const USER = `# The person you work for

(Name, language, time zone, preferences: fill in what your agent should know about you.)
`;

const MEMORY = `# What to remember

(Facts worth keeping from one conversation to the next.)
`;

const DATA = `city,country,population,area_km2,founded
Tokyo,Japan,14094034,2194,1457
Delhi,India,16787941,1484,1052
Shanghai,China,24870895,6341,1291
São Paulo,Brazil,11451245,1521,1554
Mexico City,Mexico,9209944,1485,1325
Cairo,Egypt,10107125,606,969
Mumbai,India,12442373,603,1507
Istanbul,Türkiye,15655924,5343,657
Lagos,Nigeria,15388000,1171,1472
London,United Kingdom,8866180,1572,47
Lima,Peru,10004141,2672,1535
Berlin,Germany,3782202,891,1237
Nairobi,Kenya,4397073,696,1899
Toronto,Canada,2794356,630,1793
Sydney,Australia,5297089,12368,1788
`;

/** File name → text. */
export const workspaceTemplates: Readonly<Record<string, string>> = {
  "AGENTS.md": AGENTS,
  "SOUL.md": SOUL,
  "IDENTITY.md": IDENTITY,
  "USER.md": USER,
  "MEMORY.md": MEMORY,
  "data.csv": DATA,
};
