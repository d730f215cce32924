import {execFileSync} from "node:child_process";
import {readFileSync} from "node:fs";
import {renderTemplate} from "./template/rendering";
import {sourceText} from "./sourceText";
const dir="/tmp/oracle-11646";
const probe=readFileSync(dir+"/probe.mjs","utf8");
const t:string[]=eval(/const t=(\[[\s\S]*?\]);\nconst r/.exec(probe)![1]!);
const extra:string[]=JSON.parse(process.env.EXTRA??"[]"); t.push(...extra);
const data={Run:{Registry:"c.azurecr.io",ID:"ca1"},Values:{A:"x",N:3,B:true,L:["b","a","a"],F:1.5,E:""}};
const conv=(v:any):any=>Array.isArray(v)?v.map(conv):v&&typeof v==="object"?new Map(Object.entries(v).map(([k,x])=>[k,conv(x)])):v;
const r=JSON.parse(execFileSync(dir+"/oracle",{input:JSON.stringify(t.map(x=>({Text:x,Data:data})))}).toString());
t.forEach((x,i)=>{let o:any;try{o={out:renderTemplate(sourceText("f",x),conv(data)).text}}catch(e){o={err:(e as Error).message}}
 const g=r[i].err?undefined:r[i].out.replaceAll("<no value>","");
 if(g!==o.out) console.log(JSON.stringify(x),"\n   go:",r[i].err??JSON.stringify(g),"\n   us:",o.err??JSON.stringify(o.out));
 else if(r[i].err && process.env.ALL) console.log("both err:",x,"\n   go:",r[i].err,"\n   us:",o.err)});
