"""Frauds as they run today, in postings of our own making: `title | salary | text`."""

# ruff: noqa: E501 (a posting a line)

from __future__ import annotations

FRAUDS = """
Remote Data Entry Clerk | $45/hr | Your interview is by text only. Message Mrs Parker on Telegram @parker_hr and quote code DE-22.
AI Annotator | $38/hr | We will mail you a cashier's check to buy your home office equipment from our vendor. Deposit it with your phone and send the rest to the vendor.
AI Trainer | $40/hr | Before you start, pay a refundable registration fee of $49 to activate your account.
Prompt Engineer Trainee | $60K | All new hires purchase the training bundle for $320, which is deducted back from your second salary.
Chat Moderator | $30/hr | To receive your laptop pay a security deposit of €150 that is returned after three months.
Data Labeler | $200/day | Recharge your account with 50 USDT to unlock VIP 3 and withdraw your commission.
App Optimizer | $300 daily | Complete a set of 40 tasks, earn commission, and top up when a combo task appears.
Online Rater | | Earn money by liking YouTube videos. You are paid daily. Contact our mentor on WhatsApp +1 555 010 0199.
Payment Processor | 7% | You receive payments in your bank account, keep 7 percent and convert the rest to Bitcoin at a kiosk.
Finance Agent | | Funds arrive in your personal account and you forward them to our partners by Zelle.
Quality Inspector from Home | $4,000/month | Receive packages at your home, relabel them and ship them overseas.
Reshipping Coordinator | | We send parcels to your address; you repackage and forward them to clients abroad.
Executive Assistant | $35/hr | The director is travelling and needs you to buy gift cards for clients and send photos of the codes.
Virtual Assistant | $900 weekly | Purchase Apple gift cards at the store, scratch them and send us the pictures.
Remote Developer | $120/hr | Send a copy of your passport, a selfie holding your ID and your bank account number to get the contract today.
HR Assistant AI | | Reply with your full name, date of birth, SSN and a photo of the front and back of your driver's license.
Payroll AI Clerk | | We need your online banking login so that we can set up direct deposit before the interview.
AI Tester | | Tell us the one time code you receive by SMS from your bank to verify you are a real person.
Blockchain Engineer | $200K | Clone the repository and run npm install on your main computer before the interview. Turn off antivirus if it complains.
Smart Contract Developer | $220K | Download the project, open it with your wallet extension connected and do not use a virtual machine.
ML Engineer | | Download our video call app and run setup.exe as administrator; your company interview starts right after.
AI Trainer | $500/month | Rent us your verified Outlier account. Our team works under your name and you get 30 percent every week.
Freelancer | | We pay $300 monthly for your Upwork account; just give us access to your profile and keep it verified.
Interview Helper | $50 per call | Attend video interviews on behalf of our developers. You only need good English; we do the work under your name.
Laptop Host | $400/month | Keep our laptops at your home and leave them switched on; our engineers log in to your account.
AI Ambassador | Unlimited | Be your own boss. Unlimited income, no ceiling, and earn each time people you recruit invite others.
Network Leader | | Build your downline with our AI trading bot and live from residual income.
AI Consultant | | Congratulations! Your CV has been shortlisted. No interview is required, the offer letter comes the same day.
Data Analyst | | We got your number from a recruitment agency. Add my manager on WhatsApp for the details.
Tutor | | You have been selected. Only five slots left; pay the $25 booking fee today to confirm your slot.
Cabin AI Operator | | Pay the visa processing fee of $350 to our travel agent before your ticket is issued.
AI Nurse Canada | CA$90K | The work permit costs are paid by you first: transfer $900 to the immigration lawyer and get it back later.
Intern | $40,000/month | This internship pays forty thousand a month with a car.
Data Entry Clerk | $1,500/day | Work from home with artificial intelligence.
Annotator | $150/hour | Label pictures of cats.
Survey Taker | $300/hr | Give your opinion on AI products.
AI Trader | | Guaranteed returns with passive income. Quit your job and get six figures a month from your phone.
Personal Assistant | $500/week | You must be honest and discreet. Do not tell the bank what the money is for.
Remote Clerk | | A check will be mailed to you. Cash the check and wire the overpayment back the same day.
AI Marketing Agent | | Open a new bank account in your name and send us the card and PIN.
Crypto Support | | Enter your seed phrase so that we can verify your wallet, then fund your wallet with $100.
Trading Assistant | | Send USDT to the wallet address we give you to start the tasks.
AI Student Job | $30/hr | Buy the lifetime membership for $39 to see the list of companies.
Remote Typist | | Simple online tasks, no experience needed, earn $500 a day from your phone.
Captcha Typist | | No experience is required. Earn $80 per day in your free time, paid daily.
AI Evaluator | | Our client needs raters. The interview will be held on Google Chat with hr.desk@gmail.com and the offer arrives within one hour.
Backend Developer | | Please do not call the head office as they are not aware of this programme. Offer letter within minutes after the chat.
AI Research Assistant | | The training fee is $75, payable by Cash App, and it is fully refundable.
Data Scientist | | Shortlisted candidates must pay $120 for the background check before the final interview.
Robotics Technician | | Applicants cover the cost of the background screening and drug test through our link ($60).
ML Ops | | To release your first salary you pay a tax of $85 to the treasury wallet.
AI Writer | | Buy our certificate for $59; without it nobody is hired. Seats are limited, only 9 seats left.
Remote QA | | You place a deposit of $200 in escrow to begin and the client pays you by a link that needs your card and the one time code.
Image Rater | | Balance goes negative when a premium order appears; top up to release the bigger commission.
Hotel Reviewer | | Boost the ratings of hotels with simple clicks. Commission per order, withdraw every evening after finishing your tasks.
Assistant | | We hire everyone without an interview and salaries are paid daily.
Chatbot Trainer | | Join our Telegram channel t.me/aijobs_2026 to start.
Data Clerk | | Apply via WhatsApp only: +44 7700 900123.
AI Tutor | | Contact the HR manager through Signal at +1 555 010 0133 for your interview.
Community Helper | | Text HR on Viber to receive your assignments and pay.
Shipping AI Agent | | Phones and laptops are delivered to your door. You check the box and forward them to addresses abroad.
Device Tester | | Items are sent to your address and you ship them on to Eastern Europe; accounts opened in your name pay for them.
Remote Intern | | Send a voided check, two utility bills and your PIN to payroll.team@gmail.com.
Recruitment Drive | | We post the same ad every day. Submit your resume with the last four of SSN and date of birth.
AI Auditor | | Our accountant made a mistake, so return the overpayment of $1,200 through a Bitcoin ATM.
Video Editor AI | | Install AnyDesk so that our staff can set up your bank app.
Data Verifier | | Paste this command into your terminal to pass the human check before the interview.
AI Operator | | The onboarding kit costs $180 and you buy it from the approved vendor; payment by Zelle.
Call Agent | | This is not a scam. 100% legit job, earn $400 a week from home.
Content Rater | | Pay $15 to unlock higher level tasks; the more you pay the more you earn.
Analyst | | You will get funds in advance. Keep your commission and move the money to the next account by crypto.
AI Mentor | | Invite friends to unlock your payout and earn a bonus from members you bring in.
AI Assistant | | Delete this chat after you read it. The money is sent to your account and you forward it as bitcoin.
Trainee | | Candidates must purchase a software license for $99 before training begins.
Translator | | After payment of the ₹1,500 processing fee you get your employee ID.
Airport AI Staff | | Pay Rs 2,500 for the uniform and gate pass; the amount is refundable with your first salary.
Teacher | | Registration charges of ₹999 must be paid by UPI before the interview call.
Anotador de datos | 200 USD al día | Gana 200 dólares al día desde tu celular, sin experiencia. Escríbenos por WhatsApp.
Asistente remoto | | Para empezar debes pagar 50 euros de inscripción, que se devuelven con el primer sueldo.
Agente de pagos | | Recibes dinero en tu cuenta bancaria y lo transfieres a otra, con una comisión del 8%.
Operador IA | | Envíanos foto de tu DNI y tus datos bancarios hoy mismo.
Avaliador de IA | R$ 400 por dia | Ganhe R$ 400 por dia pelo celular, sem experiência. Chame no WhatsApp.
Assistente online | | É preciso pagar uma taxa de inscrição de R$ 80 para liberar o treinamento.
Curtidor de vídeos | | Ganhe dinheiro curtindo vídeos do YouTube, pagamentos diários. Recarregue R$ 50 para desbloquear tarefas.
Agent IA à domicile | | Envoyez votre passeport et votre RIB par WhatsApp pour recevoir le contrat.
Annotateur | | Vous devez payer 45 euros de frais de dossier avant la formation.
Testeur | | Gagnez 150 € par jour sans expérience, contactez-nous sur Telegram.
KI-Tester | | Verdiene 300 € täglich ohne Erfahrung. Schreib uns auf WhatsApp.
Datenprüfer | | Vor dem Start überweisen Sie eine Kaution von 120 Euro, die später erstattet wird.
Finanzagent | | Kunden zahlen auf Ihr Konto; Sie behalten 10% Provision und überweisen den Rest weiter.
Tester KI | | Schicken Sie uns eine Kopie von Ihrem Personalausweis und die Kontodaten per WhatsApp.
Valutatore IA | | Guadagna 200 euro al giorno senza esperienza. Scrivici su Telegram.
Assistente | | Per iniziare versa una quota di iscrizione di 60 euro.
Tester AI | | Wpłać kaucję 200 zł, a dostaniesz sprzęt. Napisz na WhatsApp.
Asystent | | Zarabiaj 500 zł dziennie bez doświadczenia, napisz na Telegram.
Veri etiketleyici | | Günlük 2000 TL kazanın, deneyim şart değil. WhatsApp'tan yazın.
Uzaktan asistan | | Başlamak için 500 TL kayıt ücreti yatırmanız gerekir.
Penilai AI | | Penghasilan Rp 500.000 per hari tanpa pengalaman. Hubungi kami di WhatsApp.
Admin online | | Calon karyawan wajib transfer biaya pendaftaran Rp 150.000.
AI data entry | | Ghar baithe roz 2000 rupees kamaye, interview nahi chahiye, WhatsApp par message kare.
Data typing | | Registration fees 500 rupees jama karna hoga, phir kaam milega.
Разметчик данных | | Заработок 5000 руб в день без опыта. Пишите в Телеграм.
Оператор ИИ | | Нужно внести залог 2000 руб за обучение, потом его вернут.
Курьер-менеджер | | На вашу карту приходят переводы, вы оставляете 5% и отправляете остальное.
AI标注员 | | 日结500元，无需经验，请加微信 abc12345。
数据标注 | | 入职前需缴纳押金300元和培训费，转正后退还。
兼职点赞 | | 手机兼职点赞，轻松赚，先垫付后返佣金。
ML Data Clerk | $2,400 biweekly | You will get an electronic check for your workstation. Print it on check paper, deposit through your mobile bank app and forward the receipt. Then Zelle the installer.
Remote AI Coordinator | $33/hr | Our finance department emails you a check of $3,950. Once it clears you purchase the iMac and printer from the supplier that we name, any remaining money goes back to us.
AI Support | $41/hr | We have sent more than agreed by mistake. Keep $300 for your trouble and return the difference with Apple cards.
Prompt Analyst | | The technical assessment is a zip file with password. Extract it, open it in VS Code and press run; the test only works on your personal laptop.
Web3 AI Engineer | $240K | Join the call with our own meeting client which you must download first. If the audio fails, run the fix from the chat in your terminal.
Solidity Dev | $190K | Check out our private GitHub repo, do npm install and connect MetaMask to see the bug. Finish within the hour before we speak.
Part-time AI job | $100-$300/day | Hi, I'm Emily from Indeed recruitment. Your resume has been recommended by several agencies. Flexible 60 minutes a day. Reply YES to learn more and I will send the WhatsApp of our receptionist.
Remote Product Booster | $400 per day | Hello dear, we noticed your profile. Help merchants raise data with your phone. Text Lina at the number below for free training.
AI Helper | $50/hr | Interview: online, text only, on Microsoft Teams chat. You will be given questions and asked to type replies; hiring decision in twenty minutes.
Junior Data Scientist | $46/hr | HR will conduct your briefing and interview via the Wire app. Download it and search for user hrdesk_lee.
Data Entry Agent | $38/hr | Kindly email your details to hiringdept.nova@outlook.com to set up a chat interview. The position is open for immediate start.
AI Intern | $9,000 per week | Students earn nine thousand per week with two hours daily work, no skills needed.
Remote Labeller | $350/hr | Draw boxes around cars.
Office Assistant AI | $12,000 biweekly | Answer two emails a day.
AI Clerk | $30/hr | For the payroll form we ask your mother's maiden name, SSN, and the login of your main bank, so deposits are never delayed.
Virtual Annotator | $28/hr | Upload your driver's license front and back plus a live selfie in the link before the interview can be scheduled.
Voice Recorder | $45/hr | Say your full name, address and card number aloud in the recording, then tell us the code your bank texts.
App Rating Agent | | Join with 100 USDT, finish 38 products per round and withdraw principal plus profit. Newcomers receive a bonus. Higher balance means higher tasks.
Movie Promoter | $1,200/week | Click the button to promote films on our platform, two rounds of 45 clicks; sometimes you meet a golden film and must add funds first.
Like & Earn | | Follow three Instagram pages to get 150 rupees at once, then join the prepaid task group for 30% return.
Data Scientist (multiple) | | Great job with many companies. Share your SSN, DOB, visa copy and passport number to be submitted. Your profile goes to 60 vendors.
ML Engineer (bench) | | This advert builds our resume pool; there is no open vacancy now. Pay nothing now, but sign that you owe us 20 percent of two years' pay if placed.
Package Hero AI | $5,100/month | Boxes come to your house. Weigh them, put the label that we email you and drop them at the post office the same day.
Parcel Photo Annotator | $3,900/month | You take delivery of electronics, photograph them for our vision model, and send them onward with prepaid labels. First salary after a month.
Flight Ops AI | | Selected candidates deposit Rs. 3,200 for security clearance and gate pass. It will be returned with joining kit. Non payment leads to cancellation.
AI Faculty | | To be considered, applicants transfer a processing charge of $35. Only serious candidates. After the transaction share the screenshot.
Government AI Officer | | Exam form fee 1,200 rupees plus courier charges; job letter guaranteed, no exam needed for those who pay fast track.
AI Wealth Partner | | Imagine waking up to money every day. You buy the $499 starter licence and bring in three partners, who bring three more.
Future Leader | | Ditch the 9 to 5. Join our family of entrepreneurs selling AI courses and earn on five levels of your team.
Remote Cashier AI | $1,000/week | Our clients settle invoices to your PayPal. You withdraw, take ten percent and pass the remainder on in Bitcoin.
Account Operator | | We will send funds to your Cash App and Venmo; you buy USDT and send it to our wallet. 6% is yours.
Escrow Assistant | | Money from buyers lands in your account. Withdraw in cash and hand it to our courier.
AI Bootcamp Grad | $85K | You are guaranteed a job after our $1,900 course. The fee can be paid in three parts; first part today to hold your place.
Junior AI Consultant | | Employment starts with a three week certification which you finance yourself ($680), reimbursed after six months of service.
Remote Scribe | | Before we ship the laptop you pay insurance of $95 for it, refunded with the first wage.
Upwork Partner | $200/month | We need people in the US or EU with a good Upwork or LinkedIn account. Share it with us by remote desktop; you relax and get paid each month.
Verified Expert | $80/week | Pass the face check on the AI training site with your passport, then our workers use the account and you take 20%.
Developer Persona | $2K/month | Lend your name and face: you show up to interviews, our remote team writes the code, pay is split.
Website AI Chatbot Dev | $5,000 | Client from abroad hires you off platform and sends a link. Pay a small verification of $60 to release the milestone.
Freelance Translator | $4,000 | We translate a book. Payment is held until you buy the conversion fee voucher for $120. Chat with us on Telegram.
AI Content Tagger | $27/hr | Before your contract is stamped, the labour office needs 2,800 pesos from you for the medical card; GCash only.
Python Developer | $95/hr | Our hiring bot will talk with you on Telegram; write /start to @nova_talent_bot and it schedules your text screening.
AI QA Tester | $32/hr | Once hired, order the MacBook from our certified vendor with the e-check that accounting emails you.
Junior Annotator | $25/hr | We reserve your seat as soon as 60 dollars reach our coordinator. Refund in thirty days.
Online Assistant | $850/week | Help our charity move donations: people pay to your Zelle, you buy bitcoin and send it on.
Image Classifier | $40/hr | Give remote control of your computer by AnyDesk while our technician installs the payroll tool and opens your bank page.
LinkedIn Helper | $150/week | We would like to borrow your LinkedIn profile for outreach; log in stays with us and you are paid every Friday.
AI Ad Viewer | $60/day | Watch ads and earn. To withdraw you first need a gold plan of $30.
Remote Research Aide | $500 weekly | Professor Allen is abroad at a conference. Run errands, buy supplies by check he sends, keep $500 as your pay.
Model Trainer | $35/hr | No experience, no interview, start in ten minutes, money every evening. Write to fastjobs.ai@gmail.com
Machine Learning Engineer | $210K | To continue, fix your camera: copy the line we show and run it in PowerShell, then record your answers.
Junior Prompt Tester | $22/hr | All we need is your full name, SSN, bank name and online banking ID to put you in the system today.
AI Sales Partner | | Passive AI income! Join for $99, get our bot, invite five people, and your team pays you for life.
Freight AI Inspector | $3,500/month | Accept deliveries at your apartment, check serial numbers, and courier them with labels from us. Paid after first month.
Data Specialist | $55/hr | Interview by Signal messages with Dr Ruth; she decides right away and no calls are held.
Cloud AI Trainee | $75K | Our academy places everyone. The placement contract costs $2,500, of which $500 is due before orientation.
AI Chat Host | $2,000/week | Chat with lonely clients, build trust and tell them about our crypto platform. They deposit, you get ten percent.
Web Evaluator | $30/hr | We buy finished Outlier or Alignerr accounts, or pay you monthly for the use of yours.
Junior Data Officer | | Your name was picked from Naukri. Pay 1,999 for document verification and get a call letter from Google in two days.
AI Story Writer | $70/hr | Pay for your own plagiarism report ($45) on our site before we accept samples.
AI Voice Actor | $120/hr | You have been chosen from Backstage. Our producer texts only on Telegram. Send a selfie with your ID so that we can prepare the deal.
Remote Office Clerk | $38/hr | Equipment money comes as a mobile check. Snap it with your bank app, and when it's available buy the items from the dealer we name through Cash App.
AI Analyst Intern | $28/hr | Interview room: Google Hangouts. Ask for Mr Steven Cole. There is no webcam; type your answers and you'll be employed today.
Logo Rater | $250 daily | Grab orders on the platform, thirty a day. Larger orders show a negative amount, which you cover, and you get more back.
Forwarding Assistant | $3,000 + bonus | We rent no office. Goods arrive at your flat, you re-pack and hand them to a courier with new stickers.
Transfer Operator | 5% of each sum | Investors transfer money onto your account. You withdraw cash the same day and deposit it at a crypto ATM to our address.
Junior Machine Learning Trainee | $80K | Before onboarding we charge $275 for the exam and licence. Those who pay today get the first project.
Data Migration Agent | $31/hr | Complete the direct deposit form: bank name, user name, password and answers to security questions.
AI Nurse Assistant, London | £3,200/month | Free flat and flight. You only pay the embassy appointment of £180 to Barrister Collins.
Blockchain QA | $160K | The coding test is a Node project in a zip. Start it on your normal machine, antivirus gives a false alarm that you may ignore.
Outlier Partner | $400/month | Open an expert profile with your degree and passport. We work on it, you collect the money and keep a third.
Recruitment Officer, Dubai | AED 9,000 | Selected! Bring AED 450 for typing charges or send by Western Union now to keep the seat.
Personal AI Assistant | $750/week | I am a busy scientist. Run my errands, receive checks and send gifts to orphanages in my name. Payment ahead.
Instagram Commenter | ₹5,000/day | Comment, screenshot, get paid in ten minutes. Prepaid tasks give 40% more. Join our Telegram group.
AI Business Coach | Unlimited | Financial freedom is five friends away. Each of them buys the $250 pack and so do their friends, while you rest.
Virtual HR | $29/hr | We are a new firm and have no website yet. hr.brightpath.ai@gmail.com. You get hired after six questions by mail.
Data Typist | $3,000/week | No skill, no degree, no interview. Type captchas and get money every day.
Resume Collector | Great | Upload a resume with SSN, DOB and LinkedIn password, and we apply to all jobs for you. There is no specific vacancy.
AI Model Photographer | €90/hr | Film your face, both sides of your identity card and say your PIN so that the model learns.
Trabajo remoto IA | 150 € al día | Congratulaciones! Has sido elegido. Deposita 30 € para activar tu cuenta y retirar tus ganancias.
AI Data Reviewer | $44/hr | Hiring takes fifteen minutes on Google Chat with agent Karen Wood. Later a check for a desk and PC is overnighted to you; deposit it at the ATM.
Online AI Rater | $180 a day | Work in an app: press submit for 40 products. When the system gives you a bundle, recharge first. Ask your tutor on WhatsApp for the code.
Computer Vision Intern | $30/hr | You have been approved without interview! Pay the $35 onboarding charge by Cash App within two hours.
Accounts Agent, AI Start-up | 10% | Our clients pay you by Venmo. Take your ten percent and send us the rest in USDT.
AI Engineer | $190K | Please install our interview tool from the link and allow it through the firewall. It asks for your laptop password.
Freelancer | $15 per review | Write five star reviews for hotels. First reviews are free trials, later ones need a deposit that you get back doubled.
Package Processor, AI Logistics | $3,800/month | Get parcels at your home address, take pictures, stick on labels and bring them to UPS. We pay after 30 days.
AI Customer Agent | $26/hr | We need SSN, front and back of your license, and a selfie video before we can talk about the job.
Verified Trainer | $300/month | Sell or rent your Scale or Outlier account to us. Safe, easy, monthly pay.
Machine Learning Trainee | ₹8 LPA | Security deposit of ₹5,000 is taken for the laptop and returned after one year. Last 4 seats.
Research Helper | $30/hr | You will buy gift cards for the people who take part and mail us the codes; every cent is reimbursed.
Speaker for Voice Data | $900/hr | Pay is $900 an hour once a $40 studio check is made.
Founder's Helper | $45/hr | You run small errands: buy Apple cards, scratch them and send us photos of the back.
KI-Prüferin im Homeoffice | 2.400 € | Zu Testzwecken eröffnen Sie ein Bankkonto per VideoIdent und geben uns danach die Zugangsdaten.
Addestratrice di modelli | 1.800 € | Per attivare il contratto versi 40 euro, restituiti con il primo stipendio.
Profile Partner | $900/month | You open Upwork profiles in the US; our engineers work from them and you keep 15% of the money.
Prompt Evaluator (Remote) | $48/hr | Training is free. After the typing test our supervisor Ms Daly adds you to a Signal group where assignments and pay slips are shared. You must keep a minimum balance of 120 USDT in the task wallet so the system does not lock your account. Payouts each evening.
AI Reviewer - Amazon Products | €120 per day | You help sellers climb in the ranking by placing orders in our app. The system gives forty orders per set. When a lucky order appears your balance shows minus and must be refilled before you can cash out. Commission of five percent on each.
Senior ML Engineer (Contract, C2C) | $90/hr | We market you with eight years of experience that our team writes for you. During the client interview an expert speaks while you move your lips. After placement we keep half of your rate.
Crypto AI Trading Associate | $2,000/week | Invite your friends to the signal group. They invest in our AI robot and you take 10% of what they put in, and 5% of what their friends put in. Start with your own stake of $200.
AI Chat Operator | $1,200/week | Use your ID to register three accounts at payment apps for us. Hand over the SIM card and the login; we pay $150 for each account and more if it lives past a month.
AI 데이터 라벨링 재택 알바 | 일급 20만원 | 경력 무관. 카카오톡 오픈채팅으로 연락 주세요. 본인 명의 통장과 체크카드를 보내주시면 급여 등록 후 바로 시작합니다. 보증금 5만원은 환급됩니다.
AIアノテーター(在宅) | 日給3万円 | スマホだけで簡単。LINEで担当者を追加してください。最初に登録料5,000円が必要ですが、初月の報酬と一緒に返金されます。
Nhân viên gắn nhãn dữ liệu AI | 500.000đ/ngày | Làm tại nhà, không cần kinh nghiệm. Bạn chuyển khoản 200.000đ phí kích hoạt tài khoản, hoàn lại sau nhiệm vụ đầu. Liên hệ Zalo hoặc Telegram.
Medewerker data labeling | €150 per dag | Geen ervaring nodig. Betaal eenmalig €35 inschrijfkosten; je krijgt ze terug bij je eerste loon. App ons via WhatsApp voor een direct contract.
Rédacteur de prompts | 35 €/h | Vous recevrez un chèque de 1 800 € pour l'achat du matériel. Encaissez-le et renvoyez la différence par Western Union à notre fournisseur.
Text Reviewer | $25/task | Pick a task, write the review we dictate for the restaurant and leave five stars. Paid in USDT each night. Upgrade to Gold for $30 and your pay doubles.
Online AI Rater | $150 a day | Rate thirty films per round. If a premium film drops in, the account needs more funds to go on. The more you add, the greater the return. The group leader helps beginners with loans.
Python Developer for Trading Bots | $140K | The test: get our game from the link, install it, and connect a wallet that holds at least 0.2 ETH so that the anti-cheat can run. A developer watches through the app. The call comes after.
AI Chat Moderator | $32/hr | We do everything by messenger to save time. Your trainer Amy waits for you at t.me/amyveltrix and sends the first shift. Anyone can do it and nobody is refused.
Modellierer Datenqualität (Homeoffice) | 18 €/h | Als App-Tester legen Sie ein Konto bei einer Bank an und identifizieren sich per PostIdent. Danach senden Sie uns PIN und TAN für die Auswertung.
Etiquetador de imágenes | 30 USD/h | Recibirás pagos de clientes en tu cuenta y los enviarás en bitcoin a la empresa. Te quedas con el 6 por ciento. Trabajo de una hora.
""".strip().split("\n")


def fields(line: str) -> dict[str, str | None]:
    """A line as the arguments of `assess`."""
    title, salary, text = (part.strip() for part in line.split("|", 2))
    return {"title": title, "company": None, "url": None, "salary": salary or None, "description": text}
