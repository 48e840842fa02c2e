"""Honest postings of our own making that look like frauds: `title | salary | text`."""

# ruff: noqa: E501 (a posting a line)

from __future__ import annotations

HONEST = """
ML Engineer, Fraud | $150K | Our customers lose money to WhatsApp impersonation and fake job offers. You will detect them.
Recruiter | $90K | We never ask candidates to pay a fee. Beware of recruiters who contact you on WhatsApp or Telegram.
Software Engineer | | Recruitment fraud alert: scammers pretend to be us. They ask you to buy equipment, send a fake check and request your SSN. We do not do that.
AI Engineer | | Please be aware of scams. We will never request payment, gift cards or bank details. Official mails come from our domain.
Data Scientist | | If you are asked to deposit a check or buy gift cards, it is not us; please report it to us.
Backend Engineer, Payments | £90K | Build the service that moves payouts into your customers' bank accounts within seconds.
Engineer, Wallets | $180K | Our wallet lets people send USDT and Bitcoin to friends. You own key recovery.
Research Scientist, Crypto | $250K | You study Ethereum staking and MEV. Part of the pay can be taken in tokens if you wish.
Product Manager, WhatsApp | $200K | Lead messaging with businesses on WhatsApp. You will work with teams at Telegram and Signal too.
Bot Engineer | | Build Telegram bots and WhatsApp integrations for our customers with Python.
Support Engineer | | Help customers over chat, phone and email; escalate through Slack. No on-call.
Annotator | $22/hr | Rate answers of language models. No experience needed; training is paid. Weekly pay by bank transfer after onboarding.
AI Tutor, Physics | $50/hr | Work when you like, paid weekly through PayPal. A short test and an online interview come first.
Language Expert | $35/hr | You judge translations for two hours a day. Identity is checked by our provider after the contract is signed.
Lab Assistant | $18/hr | No experience required. Apply with a CV by email to the lab.
Teaching Assistant | | Undergraduates are welcome, no prior experience required; we pay monthly.
Background checks | | After an offer our provider runs a background check at our cost, including education and credit.
Defense Engineer | | You need a clearance. We pay for the medical test and the visa.
Visa note | | We sponsor visas and cover all fees, including those for your family.
Relocation | | A relocation package of $8,000 is paid with your first salary.
Home office | | You get a $1,000 budget to buy equipment for your home office, and a laptop shipped to your home.
Perks | | Each employee gets gift cards at New Year, a phone and a gym pass.
Bonus | | Refer a friend and earn $2,000 when they are hired.
Trader | $400K | Trade crypto with our own capital. Bonus up to 100% of base.
Quant Intern | $20,000/month | Ten weeks in Chicago with housing.
Principal Scientist | $900K | Set our research direction.
Contractor | $120/hr | Senior PyTorch contractor, six months, W2.
Physician Rater | $200/hour | Board-certified physicians review model answers.
Attorney, AI Training Expert | $150/hr | Licensed attorneys only.
Sales Rep | $60K + uncapped commission | Sell our AI platform. OTE $140K, uncapped.
SDR | | Earn commission on every deal; top reps make six figures.
Founding Engineer | | Email your CV to founder@acme.example or jobs.acme@gmail.com.
HN post | | Acme, ML Engineer, remote. Email me at jane.doe@gmail.com with what you have built.
Small NGO | | Write to ngo.malawi@yahoo.com; we answer within a week.
Interview process | | Recruiter call, technical interview on Zoom, onsite. We do no whiteboard interviews.
Interview process | | The first interview is a 30 minute video call; the second is a coding session in your editor.
Take-home | | Clone our public repo, solve one issue and talk it over with us in the interview. It takes two hours and is paid.
Take-home | | Run the tests in Docker, as you would in any project, before our second interview.
Security Engineer | | You reverse malware that tells victims to turn off antivirus or run setup.exe.
Security Engineer | | Investigate phishing that asks users to send their passport and seed phrase.
Identity Engineer | | Train models that compare a selfie with a passport photo, and read both sides of driver licences.
KYC Engineer | | Users upload a photo of their ID card and a utility bill; your models decide in seconds.
Bank Engineer | | You will deal with account numbers, routing numbers, checks and deposits at scale.
Check processing | | Our models read cheques that customers deposit by phone and find forged ones.
Logistics | | Predict delays of parcels that we forward from our warehouse to homes in 200 countries.
Warehouse AI | | Robots pick packages and relabel boxes that come back from customers.
E-commerce | | Rank products, hotels and restaurants so that people find what they like.
Ratings | | You will own the system behind product ratings and reviews, and fight fake reviews.
Growth | | Optimise invite rewards and sign-up bonuses; find fake accounts.
Gaming | | Design VIP levels and rewards for our mobile game's players.
Ads | | Improve click rate on video ads on YouTube and TikTok.
Payments | | Customers top up their cards and recharge phones in our app in 40 countries.
Marketplace | | Sellers pay a fee of $2 per order; you model fees and their effect.
Real estate | | Model security deposits and rent for tenants in New York.
Insurance | | Estimate deposits and fees for policies.
Education | | Students enrol in our courses; you build a tutor that helps them pass exams.
University | | Enrol in a PhD with us: fees are waived and a stipend is paid.
Bootcamp | £26K | Twelve weeks of paid training; no payment is taken from you at any time.
Apprentice | | We pay for your degree. You are paid from day one.
Civil service | | Bring your passport on your first day so that we can check your right to work.
Onboarding | | After you sign, HR collects bank details for payroll in our portal.
E-Verify | | On your first day you complete Form I-9 and show documents such as a passport.
Privacy | | We process your CV and contact details as our notice explains.
Sex and identity | | We welcome all, whatever their gender identity, age or social background.
Startup | | Work directly with the founders, ship daily, and own outcomes. No bureaucracy, no boss culture.
Startup | | This is a rare chance to build a generational company. We move fast and hire fast.
Urgent | | We want someone to start immediately. Apply by 3 December; interviews run weekly.
Deadline | | Applications close at midnight on Sunday; late ones can't be considered.
Congratulations | | Congratulations to our team on the award; join us to build the next one.
Freelance | | Trial project of one week, paid at your day rate, then we decide together.
Moonlight | | Contract through Upwork with our verified company account.
Staffing | | Our client, a hospital, needs a data engineer. There is no cost to candidates.
Staffing | | Confidential client in Berlin; salary is €80K to €95K.
Agency | | We keep your CV in our database for a year if you agree.
Talent pool | | This is an opening in our talent pool: we contact you when a role fits.
Teams | | Our interviews are held over Microsoft Teams or Zoom with video.
China | | In China we use WeChat and DingTalk at work; interviews are by video.
LatAm | | Our recruiter may write to you on WhatsApp to agree on a time for the video interview.
India | | Walk-in interview in Pune; carry your CV and one photo. No charges of any kind.
Signal | | Signal processing for radar: detect weak signals in noise.
Signal | | Strong signal from users tells us what to build; send ideas on Slack.
Telegram Inc | | Telegram hires a C++ engineer through a contest. Winners are invited to Dubai for interviews.
Messenger | | Meta's Messenger team needs a researcher to reduce scams over chat.
Line | | LINE Corporation looks for an ML engineer in Tokyo; apply through the form.
Viber | | Rakuten Viber in Sofia hires for spam detection.
Discord | | Work on safety for chat and voice on Discord.
Wire | | Automate wire transfer review with document models.
Zelle | | Zelle's operator Early Warning hires for payment fraud models.
PayPal | | Reduce chargebacks for PayPal and Venmo users.
Western Union | | Western Union seeks a data scientist for pricing of fees.
Cash App | | Cash App's bitcoin team hires; users buy and send bitcoin in the app.
Coinbase | | Users stake and send crypto from their wallet; you protect them.
Kraken | | You can choose to receive a part of your salary in bitcoin.
Deel | | Contractors in 150 countries are paid in local money or USDC when they choose.
Tax | | We'll deposit the bonus into your pension account, and match 6%.
401k | | 401(k) match up to 4%, deposited to your account each pay period.
Equipment | | We lend you a MacBook; it's returned on your last day.
Travel | | We buy your tickets for the onsite interview; keep your receipts for other costs.
Medical | | Fully paid medical, dental and vision insurance for you and your family.
Fees | | Membership fees of professional bodies are paid by us.
Certificates | | We pay for certificates and courses of your choice, up to $2,000 a year.
Licence | | A driving licence is required since you travel between sites.
Vetting | | The post needs a DBS check, which the school pays for.
Credit check | | A credit check follows for those who work with client money, at our expense.
NDA | | You sign an NDA; please keep our unreleased models confidential.
Stealth | | We are in stealth; the client and details are shared in the first call.
Discretion | | You handle board papers with discretion.
Executive Assistant | $95K | Book travel, order office supplies and gifts for clients with the company card.
Office Manager | | Order food, pay invoices, purchase furniture and deposit checks at the bank for the office.
Accountant | | Process payments to vendors, reconcile bank accounts, send wires and refund overpayments.
Payroll | | Run payroll for 900 people; answer questions about direct deposit and voided checks.
Treasury | | Manage company funds across accounts in USD, EUR and USDC, and forward reports to the CFO.
Procurement | | Buy GPUs; negotiate with vendors about licence fees of up to $5M.
Ops | | Receive packages at our office in Austin and ship laptops to new hires' homes.
IT | | Install remote desktop tools, run antivirus and disable old accounts.
DevOps | | Run as non-root; no admin rights are needed on your laptop.
Accounts | | Share accounts receivable reports with the team.
Sales | | Open accounts, keep 95% of them, and grow their spending.
Customer Success | | You own a book of 40 accounts and earn a bonus on renewals.
Solutions | | Log in to the customer's account with their consent to debug.
Research | | Participants are paid $15 per survey; you design the surveys.
Survey science | | Analyse survey panels and write reports about panel quality.
Crowdsourcing | | Improve quality for workers who earn money by rating images on our platform.
Trust & Safety | | Task scams make people pay to unlock VIP levels after liking videos; you will study how they spread on Telegram.
Trust & Safety | | Find rings that rent verified accounts or use a proxy for interviews.
Policy | | Write policy about mule recruitment: criminals ask people to receive funds and keep a percentage.
MLM research | | Study network marketing claims such as passive income in ads.
Finance content | | Write for readers who want financial freedom, in plain words.
Creator | | Help creators earn a living: payouts daily in 70 countries.
Gig platform | | Couriers on our platform are paid weekly and can cash out daily; you forecast demand.
Daily | | You write SQL daily and join the daily stand-up at 10.
Shift | | Moderators work in shifts from our Lisbon office; wages are paid every month.
Part-time | $25/hr | Two hours a day, from home, fixed contract, monthly pay.
Student | | Label fish videos at the university; twelve hours a week.
Phone | | You can test our app from your phone and write reports.
Income | | Help farmers raise their income with better forecasts.
Guarantee | | We guarantee an answer within ten days.
Genuine | | Genuine curiosity and a love for honest work matter to us.
Speed | | Get feedback within 48 hours after your interview.
Same day | | We often make an offer the same day as your onsite.
Ingeniero | | Nunca pedimos dinero a los candidatos ni contactamos por WhatsApp.
Ingeniera de datos | | Contrato indefinido, formación pagada por la empresa y seguro médico.
Pagos | | Nuestros clientes pagan por WhatsApp; construirás el modelo de fraude.
Engenheiro | | Cuidado com golpes: não cobramos nenhuma taxa de inscrição.
Cientista de dados | | Salário de R$ 12.000 por mês, vale refeição e curso de inglês pago.
Ingénieur | | Aucun frais de dossier n'est demandé. Poste à Lyon, deux jours de télétravail.
Ingénieure | | La mutuelle et les frais de transport sont payés par l'employeur.
Entwickler | | Wir verlangen niemals Geld von Bewerbern. Vorsicht vor Betrug auf WhatsApp.
Entwicklerin | | Sie erhalten ein Startpaket mit Laptop, den wir bezahlen; das Gehalt kommt auf Ihr Konto.
Ingegnere | | Non chiediamo mai denaro. Lo stipendio è pagato ogni mese sul conto.
Inżynier | | Nigdy nie prosimy o opłaty. Oferujemy szkolenia i sprzęt.
Mühendis | | Adaylardan asla ücret istemeyiz; eğitim ücretsizdir.
Insinyur | | Kami tidak pernah memungut biaya; hati-hati penipuan lewat WhatsApp.
Engineer | | Hum koi fees nahi lete; sirf official website par apply kare.
Инженер | | Мы никогда не просим оплату. Остерегайтесь мошенников в Телеграм.
Разработчик | | Зарплата два раза в месяц на карту, обучение оплачивает компания.
算法工程师 | | 公司绝不收取任何费用，谨防诈骗。五险一金，双休。
标注质检 | | 底薪加绩效，每月发薪，公司提供免费培训。
Payroll Engineer | $140K | Help companies pay workers on time; handle deposits, fees, refunds and taxes in 40 countries.
Applied Scientist, Messaging | $200K | Rank chats on WhatsApp. You interview users, read reports, and text with partners in India.
ML Engineer, Lending | $170K | Predict whether borrowers will repay; read bank statements and utility bills with OCR.
Contract Annotator | $20/hr | You'll be paid by the hour each week via PayPal or bank transfer. Sign up with your ID at our vendor before the first task.
Community Manager | $70K | Run our Discord and Telegram groups, answer questions and warn members of scams.
Account Manager | $90K OTE | Keep your accounts happy, earn commission and travel to clients.
Data Engineer | €70K | Send your CV and a cover letter to jobs@acme.example. Interviews are on Zoom.
Researcher | £45K | Fixed term; visa fees and health surcharge are refunded by the university after you arrive.
Intern | $52/hr | Housing stipend of $3,000 and flights paid. Bring your passport and I-9 documents on day one.
Robotics Engineer | $160K | Deposit parts, print boxes, and ship robots to customers around the globe.
Recruiter | $85K | Post ads, build our resume database, call candidates and text them reminders of interviews.
Technical Writer | $50/hr | Freelance. Invoice us monthly; we pay within 15 days by wire or crypto if you prefer.
Crypto Compliance Analyst | $95K | Review wallets, trace stolen bitcoin sent through kiosks and mixers, and file reports.
Marketing Lead | $120K | Grow our TikTok, Instagram and YouTube channels; pay influencers and track clicks and likes.
Product Engineer | $180K | We ship daily. First interview: a 45 minute call; then a paid work trial, where you clone our repo and fix an issue with us.
Electronics Technician | $35/hr | You receive boxes of returned devices at our depot, test them and print labels.
Benefits Analyst | $80K | Explain insurance premiums, deposits to HSA accounts and gift cards for wellness.
Sales Engineer | $150K | You can earn up to $300K with no cap. Unlimited PTO and your own hours.
Growth Intern | $30/hr | Invite friends programmes, referral codes, A/B tests. We hire within two weeks.
Support Agent | $18/hr | Work from home with your own computer; we check that your internet is fast. Training is paid at $18 an hour.
Background Screening Engineer | $140K | You build the software that checks identity documents, criminal records and references for employers. Candidates upload a passport or driver's licence through a secure page. Our own hires get the same check, and the firm pays for it.
AI Tutor, Hindi | ₹900/hr | Review answers in Hindi and English. We pay every Friday by bank transfer. After the offer you share your PAN and bank details in our HR portal.
Fraud Analyst | $80K | Find check kiting, gift card abuse and refund tricks. You call victims, and you work with police.
Customer Operations, Crypto Exchange | €45K | Answer users who lost access to a wallet or sent bitcoin to the wrong address. We never ask anyone for a seed phrase and neither should you.
Game Economy Designer | $130K | Balance VIP tiers, daily tasks and top-up offers so that players are happy.
Field Technician | $30/hr | Parts are delivered to your home, and you drive to customers to install them. Company van and fuel card.
Robot Teleoperator | $24/hr | No experience needed, we train you for two weeks with pay. You control robots in Ohio from our Dallas site.
Speech Data Collector | £14/hr | Record people reading sentences at our London studio. Participants get £20 for an hour.
Equity Researcher | $160K | Study payment apps such as Cash App, Venmo and Zelle. Write notes for clients.
Head of Marketplace Trust | $220K | Sellers rent out accounts, buy reviews and dodge fees. You lead the team that stops them.
Partnerships Manager | $110K + commission | Sign agencies, earn 10% commission in the first year of each contract and travel twice a month.
University Lecturer | £52K | Applicants submit a copy of their degree certificate and names of two referees. There is a right to work check before the start.
Visa Specialist | $75K | Prepare visa files for new hires. We pay the fees for them and their children.
Data Engineer, Bail Funds | $125K | Our non-profit pays deposits so that people can go home. You track deposits and refunds.
Machine Learning Engineer | $185K | Interview: one call with the recruiter, one take-home that should not take more than two hours (we pay $150 for it), and one day with us.
Wire Fraud Detection Lead | $210K | Criminals ask victims to buy gift cards, send wires or pay with bitcoin at kiosks. You build models that stop it.
Remote Moderator | €15/hr | Review posts in Turkish. Contract with our agency in Lisbon, relocation fee of €1,500 paid to you on arrival.
Pharmacy AI | $140K | Help patients order refills, pay a fee of $5 and receive packages at their home.
Ingeniera de ML | 55.000 € | Trabajarás con pagos por WhatsApp para comercios. Entrevistas por vídeo. Horario flexible.
Data Scientist | R$ 15.000 | Nosso time usa WhatsApp e Slack. Você vai construir modelos de crédito para clientes.
Softwareentwickler | 70.000 € | Kautionen, Gebühren und Konten: du baust die Plattform, mit der Mieter ihre Kaution zahlen.
Onboarding Specialist | $60K | Order laptops, ship them to new hires, collect I-9 papers and set up accounts in their name.
Growth Engineer | $170K | Own sign-up, referral and invite flows. Users earn credits when friends join.
Insurance Data Scientist | $150K | Model deposits, premiums and refunds. Daily work with SQL and Python.
Prompt Engineer | $135K | Write prompts for our support bot, which chats with customers on WhatsApp, SMS and email.
Freelance Illustrator for AI | $60/hr | We may ask for a small paid sample. Invoices are paid within a week via PayPal.
Rater, Search Quality | $17/hr | Rate search results from home. ID is verified after you pass the exam. Work up to 26 hours a week.
Compliance Officer | €80K | You collect passports and utility bills from corporate clients as the law asks.
Software Engineer | | Please don't contact our office directly; apply through the page. Agencies: no calls.
Sales | $50K base | Be your own boss in your region, with uncapped commission and a car.
Data Scientist, Logistics | $150K | Work with UPS and FedEx data to predict when parcels reach homes. Labels, returns and refunds are part of the data.
Software Engineer, Reviews | $170K | Detect fake five star reviews of hotels and products.
Customer Trainer | $75K | Teach customers how to use our app, on calls and over chat. Travel twice a month, paid by us.
Desktop Engineer | $85K | Set up firewalls, antivirus and laptops. You answer staff tickets over TeamViewer and Slack.
Contract Recruiter | $60/hr | You source on LinkedIn, text candidates, schedule Zoom interviews and close offers within two weeks.
Treasury Engineer, USDC | $190K | Payouts to sellers by Venmo, PayPal and USDC; percent fees and limits; ledgers.
Research Participant Coordinator | $28/hr | Pay participants with $25 gift cards after each study and keep records.
Student Ambassador | $20/hr | Invite friends to our hackathon and hand out stickers. Paid hours.
ML Engineer | $160K | We got your attention? Good. No brain teasers, no take-home, no nonsense. Two interviews and an answer in 48 hours.
Executive Assistant to CEO | $110K | Keep information private, run errands in the office, order gifts for partners on the company card.
Payroll Specialist | $90K | After you have signed the contract we will ask for a copy of your passport and your bank details.
AI Trainer, Spanish | $35/hr | Pay is up to $35 per hour, every week by PayPal.
Ingeniera de datos | 50.000 € | Si alguien te escribe por WhatsApp y pide dinero en nuestro nombre, denúncialo.
Clinical Informatics Nurse | $55/hr | A copy of your nursing license and proof of vaccination are due on your first day.
Data Bootcamp Teacher | $60/hr | Students pay a tuition of $8,500; you teach two groups of twenty a year.
Warehouse Robotics Engineer | $150K | Robots pack boxes, relabel parcels and forward them to the vans.
Clinical Annotator | $30/hr | You are paid monthly into your bank account; the background check is on us.
Backend Engineer, Telegram Bots | $70K - $95K | Build the message pipeline that connects our no-code agents with Telegram, WhatsApp and Viber. You'll own webhooks and rate limits. Interviews are by video: a talk, a code exercise, and a meeting with the team.
Senior Data Engineer, Gift Card Platform | $130K–$160K | Customers buy gift cards from thousands of shops through our APIs. You will move the ledger to Snowflake and keep settlement data right.
Virtual Assistant (AI tools) | $16/hr | Work from home on tasks like diary, travel and research with AI tools. You must be in the US, pass a written test and a video call. No fees to join. Pay lands in your bank account every week.
算法工程师 | 40-70K·16薪 | 负责微信支付风控模型,识别刷单、盗卡和洗钱。我们不会收取任何费用,请勿相信要求转账的招聘信息。
Growth Analyst, Creator Payouts | $115K - $140K | Creators keep 90 percent of what members pay. Study tiers, upgrades and payouts by PayPal and Payoneer. Remote in the US.
Data Scientist, Trust | $150K - $185K | Clients and freelancers sometimes move the talk to Telegram and lose money. You build models that notice this and warn them before they pay.
Driver Data Analyst | S$5,500 - S$7,500 | Study how drivers top up wallets, accept orders and earn incentives. SQL and Python. Singapore, One-North.
Prompt Engineer (Freelance) | 80% of sales | Sell prompts in our shop; you keep 80 percent of each sale. Payouts by Stripe. It costs nothing to list.
Dateningenieur | 55.000 € | Kassendaten, Pfand und Gutscheinkarten auswerten. Wir bezahlen Weiterbildung und Jobrad. Bewerbungen nur über unser Portal, nie über WhatsApp.
AI Trainer, Finance | $75/hr | Review model answers about accounting. You verify your student status, sign an agreement and pass a short assessment. Pay each Friday by direct deposit.
AI Integration Consultant | €55K | Help shops to set up chat flows on WhatsApp, Instagram and Telegram. You'll speak with clients over Zoom.
Chip Designer | | Some strangers borrow our name, interview by Telegram @chips_hr and want your bank login. They are not us.
Optics Engineer | | If anyone says they hire for us and has you buy gift cards or pay a fee of $60, hang up and tell the police.
Adviser to the Board, Part-time | $2,200 per day | Two days each month on the risk of models, with the directors of a savings bank.
Oceniająca wyniki | 40 zł | Oceniasz odpowiedzi w domu i sama wybierasz godziny. Przelew na konto przychodzi co miesiąc, a kurs i egzamin na początku są bezpłatne. Kontakt tylko przez nasz portal, praca od zaraz, umowa zlecenie na pół roku z możliwością przedłużenia.
Contributor, Street Photos | | Photograph shop fronts in your town and upload them. It costs nothing to join. Few people earn more than pocket money, and five dollars must have been collected before PayPal sends them. You decide when and how often, and you may leave whenever you like.
Analyste de données | | Des escrocs prennent notre nom et réclament 80 euros de frais par WhatsApp. Vous suivez les ventes de pain à Reims.
Estágio em dados | | Desconfie de quem pede taxa de inscrição e depósito por Telegram. Estágio com SQL em Recife.
Kitchen Robot Engineer | | Strangers offer work in our kitchens by Telegram @robo_jobs and want you to pay a fee of $40. Please report such mails to us.
ML Engineer, Betting | $120K | The state board wants fingerprints and bank statements; you bring them to the board and pay the $150, which we return. You predict which games tire people, present to the council each spring and work with two statisticians in Reno. Python, SQL, a clear record and a sense of fairness are what we look for.
Analista de riesgos | | Nuestro equipo no contacta por Telegram, ni pedimos la tarjeta, el DNI o un depósito de 50 euros.
Développeuse IA | | Nous n'envoyons jamais de chèque et nous ne demandons pas votre carte d'identité par WhatsApp.
Datenanalyst | | Wir fordern vor dem Vertrag weder Gebühren noch Ausweiskopien per WhatsApp und verlangen keine Kaution von 100 Euro.
Data Annotator | ₹180/hr | Label WhatsApp conversations in Tamil for a speech assistant. Joining is free. Payment arrives by UPI each Friday.
Transcriber | $15/hr | You're paid by Zelle or PayPal once a week, and wages are sent through Cash App if you like.
""".strip().split("\n")
